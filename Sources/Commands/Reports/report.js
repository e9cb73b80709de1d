
"use strict";
// Buttons copy what stands beside them; without this script nothing is missing but the buttons.
const said = document.getElementById("copied");
const write = async (text) => {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea");
  field.value = text;
  document.body.append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  if (!isCopied) throw new Error("refused");
};
for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await write(button.dataset.copy);
      button.textContent = "Copied";
      said.textContent = `Copied ${button.dataset.copy}`;
    } catch {
      said.textContent = "The browser does not let this page copy";
    }
    button.focus();
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
}
