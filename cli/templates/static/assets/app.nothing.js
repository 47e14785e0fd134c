"use strict";

const state = document.getElementById("state");
state.dataset.open = true;
state.textContent = "it runs";
