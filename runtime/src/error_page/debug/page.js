const button = document.getElementById("copy");
const markdown = document.getElementById("markdown");
button.addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(markdown.textContent);
    button.textContent = "Copied";
  } catch {
    // Without the clipboard, the text is shown, and selected.
    markdown.hidden = false;
    getSelection().selectAllChildren(markdown);
    markdown.scrollIntoView();
  }
});
