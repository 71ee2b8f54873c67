// Fills in the browser's time zone where the reader has named none, and offers it where they named another.
"use strict";
(() => {
  const field = document.getElementById("timezone");
  const told = document.getElementById("zone-told");
  const offered = document.getElementById("zone-offered");
  let zone = "";
  try {
    zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
  } catch {
    return;
  }
  if (!field || !/^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)+$/.test(zone) || zone === field.value) return;
  for (const name of document.querySelectorAll(".zone-name")) name.textContent = zone;
  if (field.dataset.chosen === "no" && !field.hasAttribute("aria-invalid")) {
    field.value = zone;
    if (told) told.hidden = false;
  } else if (offered) {
    offered.hidden = false;
    offered.querySelector("button").addEventListener("click", () => {
      field.value = zone;
      offered.hidden = true;
      field.focus();
    });
  }
})();
