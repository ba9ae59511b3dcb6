
"use strict";
(() => {
  const MARKS = { passed: "✓", failed: "✗", skipped: "–", error: "!", unstable: "~" };
  const KINDS = { set: "mock set", call: "asked", arrived: "on wire", told: "told", time: "time" };
  const LONG = 600;
  const byId = (id) => document.getElementById(id);
  const checks = JSON.parse(byId("checks").textContent);
  const dialog = byId("dialog");

  /** An element; everything that is not an element becomes text. */
  function make(tag, settings, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(settings || {})) {
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value !== undefined && value !== false) element.setAttribute(name, value);
    }
    element.append(...children.filter((child) => child !== undefined && child !== null && child !== ""));
    return element;
  }

  // -- evidence -----------------------------------------------------------------------------------------------

  const unpacked = new Map();

  /** What is told of a client, unpacked when it is first asked for. */
  function evidence(column) {
    if (!unpacked.has(column)) unpacked.set(column, unpack(byId("evidence-" + column).textContent));
    return unpacked.get(column);
  }

  async function unpack(text) {
    if (typeof DecompressionStream === "undefined") {
      throw new Error("this browser is too old to unpack the evidence; any of 2023 or later can");
    }
    const bytes = Uint8Array.from(atob(text.trim()), (character) => character.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return JSON.parse(await new Response(stream).text());
  }

  function clientName(column) {
    return document.querySelector(`th[data-column="${column}"] .name`).textContent;
  }

  function show(...content) {
    dialog.replaceChildren(make("div", { class: "sheet" }, ...content));
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
  }

  function top(title, subtitle) {
    return make("div", { class: "top" },
      make("h2", { id: "dialog-title" }, title, subtitle && make("small", {}, subtitle)),
      make("button", { type: "button", class: "close", "aria-label": "Close", onclick: () => dialog.close() }, "×"));
  }

  /** The case that says most of a client, as the chip in the table does. */
  function worst(cases, names) {
    const order = ["failed", "unstable", "error", "passed", "skipped"];
    return [...names].sort((one, other) => order.indexOf(cases[one].state) - order.indexOf(cases[other].state))[0];
  }

  async function openCell(column, check, wanted, venue) {
    const { cases } = await evidence(column);
    const names = Object.keys(cases).filter((name) => cases[name].check === check);
    if (!names.length) return;
    const near = names.filter((name) => name.slice(check.length + 1).split("+")[0] === venue);
    const name = names.includes(wanted) ? wanted : worst(cases, near.length ? near : names);
    const about = checks[check];
    const tabs = names.map((each) => make("button", {
      type: "button", class: "pill", "aria-pressed": String(each === name),
      onclick: () => openCell(column, check, each),
    }, chip(cases[each].state, about.level), each.slice(check.length + 1) || each));
    history.replaceState(null, "", `#${column}/${encodeURIComponent(name)}`);
    show(top(about.title, `${check} · ${clientName(column)}`), make("div", { class: "tabs" }, ...tabs),
      ...caseParts(cases[name], about));
  }

  function chip(state, level) {
    return make("i", { class: `chip ${state} ${level}`, "aria-hidden": "true" }, MARKS[state]);
  }

  function caseParts(found, about) {
    const parts = [make("p", { class: "verdict" }, chip(found.state, about.level),
      make("span", {}, found.state + (found.listed ? ` (${found.listed})` : "") + (found.reason ? ": " + found.reason : "")))];
    if (found.attempts) parts.push(make("p", {}, "Attempts: " + found.attempts.join(", ")));
    if (found.expected || found.found) {
      parts.push(make("h3", {}, "What was expected"), make("div", { class: "pair" },
        make("div", {}, make("h3", {}, "Expected"), make("div", { class: "said" }, found.expected || "–")),
        make("div", {}, make("h3", {}, "Found"), shorten(found.found || "–"))));
    }
    parts.push(make("h3", {}, "Why it matters"),
      make("p", {}, make("span", { class: "level " + about.level }, about.level), " ", about.why),
      make("ul", { class: "modes" }, ...about.guards.map(([id, what]) => make("li", {}, make("code", {}, id), " ", what))),
      about.rules.length ? make("p", { class: "rules" }, "Rules: ", make("code", {}, about.rules.join(" "))) : "");
    if (found.reproduce) parts.push(make("h3", {}, "Run it alone"), command(found.reproduce));
    if (found.steps) {
      parts.push(make("h3", {}, "What happened"), make("ol", { class: "steps" }, ...found.steps.map(step)));
    }
    return parts;
  }

  function step([kind, text, when, remark]) {
    return make("li", {}, make("span", { class: "kind " + kind }, KINDS[kind] || kind),
      make("div", {}, shorten(text), when && make("div", { class: "when" }, when),
        remark && make("div", { class: "remark" }, remark)));
  }

  /** Text, of which the end waits for a click when it is long. */
  function shorten(text) {
    const said = make("div", { class: "said" }, text.length > LONG ? text.slice(0, LONG) + "… " : text);
    if (text.length > LONG) {
      said.append(make("button", { type: "button", class: "more", onclick: () => said.replaceChildren(text) },
        `all ${text.length} characters`));
    }
    return said;
  }

  function command(line) {
    const copy = make("button", { type: "button", class: "pill", onclick: async () => {
      await navigator.clipboard.writeText(line);
      copy.textContent = "copied";
    } }, "copy");
    return make("div", { class: "run" }, make("pre", {}, line), navigator.clipboard ? copy : "");
  }

  async function openAbout(column) {
    const { about, stderr } = await evidence(column);
    const rows = about.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, name === "Home" ? link(value) : value)]);
    history.replaceState(null, "", "#" + column);
    show(top(clientName(column)), make("dl", { class: "about" }, ...rows),
      stderr && make("h3", {}, "The last on stderr"), stderr && make("pre", { class: "stderr" }, stderr));
  }

  function link(address) {
    return /^https?:\/\//.test(address) ? make("a", { href: address, rel: "noreferrer noopener", target: "_blank" }, address) : address;
  }

  function failed(error) {
    show(top("The evidence cannot be shown"), make("p", {}, String(error.message || error)));
  }

  document.addEventListener("click", (event) => {
    if (event.target === dialog) return dialog.close();
    const cell = event.target.closest(".cell");
    const about = event.target.closest("[data-about]");
    if (cell) {
      const place = event.target.closest("[data-venue]");
      const check = cell.closest("tr").dataset.check;
      openCell(cell.closest("td").dataset.column, check, undefined, place && place.dataset.venue).catch(failed);
    } else if (about) openAbout(about.dataset.about).catch(failed);
  });
  dialog.addEventListener("close", () => history.replaceState(null, "", location.pathname + location.search));

  // -- filters ------------------------------------------------------------------------------------------------

  const rows = [...document.querySelectorAll("tr[data-check]")].map((row) => {
    const id = row.dataset.check;
    const about = checks[id];
    return {
      row, family: row.parentElement.dataset.family, level: row.dataset.level,
      words: [id, about.title, about.why, ...about.guards.flat(), ...about.rules].join(" ").toLowerCase(),
      chips: [...row.querySelectorAll(".cell .chip")].map((element) => (
        { element, column: element.closest("td").dataset.column, venue: element.dataset.venue, state: element.dataset.state })),
    };
  });
  const families = [...document.querySelectorAll("tbody")];
  const pressed = (filter) => new Set([...document.querySelectorAll(`[data-filter="${filter}"][aria-pressed="true"]`)]
    .map((button) => button.dataset.value));

  function apply() {
    const [states, levels, venues] = ["state", "level", "venue"].map(pressed);
    const family = byId("family").value, client = byId("client").value;
    const words = byId("text").value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const each of rows) {
      let hit = false;
      for (const chip of each.chips) {
        const here = (!venues.size || venues.has(chip.venue)) && (!client || chip.column === client);
        const fits = here && chip.state !== undefined && (!states.size || states.has(chip.state));
        hit = hit || fits;
        chip.element.hidden = venues.size > 0 && !venues.has(chip.venue);
        chip.element.classList.toggle("dim", here && !fits && chip.state !== undefined);
      }
      const visible = (!levels.size || levels.has(each.level)) && (!family || each.family === family)
        && words.every((word) => each.words.includes(word)) && (hit || !(states.size || venues.size || client));
      each.row.classList.toggle("filtered", !visible);
      shown += visible ? 1 : 0;
    }
    for (const body of families) body.hidden = !body.querySelector("tr[data-check]:not(.filtered)");
    for (const element of document.querySelectorAll("[data-column]")) {
      element.hidden = client !== "" && element.dataset.column !== client;
    }
    byId("shown").textContent = shown === rows.length ? "" : `· ${shown} of ${rows.length} checks`;
  }

  document.addEventListener("click", (event) => {
    const pill = event.target.closest("[data-filter]");
    if (!pill) return;
    pill.setAttribute("aria-pressed", String(pill.getAttribute("aria-pressed") !== "true"));
    apply();
  });
  for (const id of ["family", "client", "text"]) byId(id).addEventListener("input", apply);
  byId("reset").addEventListener("click", () => {
    for (const pill of document.querySelectorAll("[data-filter]")) pill.setAttribute("aria-pressed", "false");
    for (const id of ["family", "client", "text"]) byId(id).value = "";
    apply();
  });
  byId("filters").open = innerWidth > 700 && innerHeight > 600;

  // -- the place that the address names -----------------------------------------------------------------------

  const [column, name] = location.hash.slice(1).split("/");
  if (/^\d+$/.test(column) && byId("evidence-" + column)) {
    const wanted = name && decodeURIComponent(name);
    (wanted ? openCell(column, wanted.split("@")[0], wanted) : openAbout(column)).catch(failed);
  }
})();
