fn main() {
    let _ = landfall::instrument::instrument("Web", "checkout", (), async {});
}
