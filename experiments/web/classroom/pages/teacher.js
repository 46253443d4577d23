// The teacher's page: what comes next, how much time is left, who is here, and the grid for classes without phones.
"use strict";
(() => {
  const EVERY = 1500; // between two questions [ms]
  const TWICE = 1000; // in which a second press on Next is taken for a slip [ms]
  const SURE = 5000; // in which a second press confirms [ms]

  let view = null; // what the server said last
  let ends = 0; // when the step's time is up, by this computer's own clock [ms]
  let asked = 0, timer = 0;
  let blocked = 0; // until when Next is not taken [ms]
  let going = false; // whether something pressed is on its way
  let rows = []; // of the grid
  let typed = ""; // what the grid is for: round and people

  const $ = (id) => document.getElementById(id);
  const now = () => Date.now();
  const sum = (x) => x.reduce((a, b) => a + (b || 0), 0);
  const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

  // --- asking and doing

  function request(method, path, body, done) {
    const r = new XMLHttpRequest();
    r.open(method, path);
    r.timeout = 10000;
    r.onloadend = () => {
      let said = null;
      try { said = JSON.parse(r.responseText); } catch (error) { said = null; }
      done(said === null && r.status < 400 ? 0 : r.status, said);
    };
    if (body) r.setRequestHeader("Content-Type", "application/json");
    r.send(body ? JSON.stringify(body) : null);
  }

  function poll() {
    clearTimeout(timer);
    const mine = ++asked;
    request("GET", "state", null, (status, said) => {
      if (mine !== asked) return;
      timer = setTimeout(poll, EVERY);
      if (status === 200 && said) {
        if ($("problem").lasting) problem("");
        view = said;
        ends = now() + 1000 * said.left;
        draw();
      } else {
        problem(status === 404 ? "This address is not known any more. Take the teacher's link from the terminal."
          : "No connection to the class. Still trying …");
        $("problem").lasting = true;
      }
    });
  }

  function act(kind, said, done) {
    going = true;
    draw();
    request("POST", "do", { kind: kind, said: said }, (status, answer) => {
      going = false;
      const well = status === 200 && answer && answer.ok;
      problem(well ? "" : answer && answer.why ? capital(answer.why) + "."
        : "That did not reach the class. Please press again.");
      if (done) done(well);
      poll();
    });
  }

  function problem(text) {
    $("problem").lasting = false;
    put($("problem"), text);
    show($("problem"), !!text);
  }

  // --- small parts

  function show(element, on) {
    if (element.hidden === on) element.hidden = !on;
  }

  function put(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }

  function make(tag, name, text) {
    const element = document.createElement(tag);
    if (name) element.className = name;
    if (text !== undefined) element.textContent = text;
    return element;
  }

  function fill(element, content, build) {
    const key = JSON.stringify(content);
    if (element.shown === key) return;
    element.shown = key;
    element.textContent = "";
    build(element);
  }

  // A button that wants a second press, with the words of the first one kept.
  function sure(button, words, then) {
    if (button.confirm) {
      calm(button);
      then();
      return;
    }
    button.before = button.textContent;
    button.confirm = setTimeout(() => calm(button), SURE);
    button.pressed = now();
    button.textContent = words;
    button.className = "sure";
  }

  function calm(button) {
    clearTimeout(button.confirm);
    button.confirm = 0;
    button.textContent = button.before;
    button.className = "";
  }

  // A double click is no confirmation.
  const hasty = (button) => button.confirm && now() - button.pressed < 400;

  function named(step) {
    const names = {
      lobby: "getting in",
      guess: "predict",
      play: "round " + step.round,
      outcome: "after round " + step.round,
      manager: "what the manager sees",
      truth: "what was true",
      boards: "boards",
      paths: "what if",
      debrief: "talk",
    };
    return names[step.kind];
  }

  function lasting(seconds) {
    if (seconds < 120) return Math.round(seconds) + "\u00a0s";
    return Math.round(seconds / 6) / 10 + "\u00a0min";
  }

  // --- the lead

  const HINTS = {
    lobby: "Let everybody join, then press Next. No phones, or nobody here yet? Look under More.",
    guess: "Everybody guesses on their phone. The guesses are shown at the end.",
    play: "Who does not choose is played by a simulated colleague.",
    outcome: "The screen shows the points so far. What did you go for, and why?",
    manager: "This is all that a manager would know. What would you decide from it?",
    truth: "The screen shows three pictures in turn. On the screen page the keys 1, 2 and 3 pick one.",
    boards: "Three ways to be best. Who is surprised?",
    paths: "Each phone shows what would have been. The screen shows the class.",
    debrief: "Questions to talk about:",
  };

  const BY_HAND = {
    guess: "Let everybody show by hand what they expect.",
    play: "Type what is on the tally sheets. A row that is missing is played by simulated colleagues.",
    paths: "The screen shows the class.",
  };

  const byHand = () => view.mode === "paper" || view.mode === "rehearsal";

  function draw() {
    if (!view) return;
    const playing = view.kind === "play",
      revealed = ["manager", "truth", "boards", "paths", "debrief"].indexOf(view.kind) >= 0;
    put($("minute"), "minute " + view.minute + " of " + view.minutes + (view.next ? "; next: " + coming() : ""));
    put($("step"), capital(named(view)) + (playing ? " of " + view.rounds : ""));
    put($("what"), view.next ? "Next: " + named(view.next) : "This is the last step");
    put($("long"), view.next ? lasting(view.next.seconds) + (playing && view.open ? "; closes the round now" : "")
      : "");
    $("next").disabled = !view.next || going || now() < blocked;
    $("close").disabled = going || !(playing && view.open);
    $("more").disabled = going;
    $("jump").disabled = going || !view.round || revealed;
    put($("hint"), (byHand() && BY_HAND[view.kind] || HINTS[view.kind])
      + (!view.computed ? " The last round is still being computed." : ""));
    const here = byHand() ? "" : ", " + view.here.length + " here", all = view.workers;
    const counting = playing || view.kind === "outcome";
    put($("count"), (counting ? view.chosen + " of " + all + " have chosen" : view.players.length + " joined") + here);
    show($("long"), !!view.next);
    show($("count"), !revealed);
    show($("meter"), playing);
    $("meter").firstElementChild.style.width = (all ? (100 * view.chosen) / all : 0) + "%";
    const questions = view.questions || [];
    fill($("questions"), questions, (list) => questions.forEach((x) => list.appendChild(make("li", "", x))));
    const talking = view.kind === "debrief", missed = talking ? (view.missed || []).filter((x) => x !== view.happened)
      : [];
    put($("happened"), talking && view.happened ? view.happened : "");
    fill($("missed"), missed, (list) => missed.forEach((x) => list.appendChild(make("li", "", x))));
    show($("live"), !!view.live);
    if (view.live) $("live").href = view.live;
    drawMore();
    drawSheet();
    tick();
  }

  const coming = () => named(view.next) + ", " + lasting(view.next.seconds);

  function tick() {
    if (!view) return;
    const left = view.paused ? view.left : Math.max(0, (ends - now()) / 1000);
    const whole = view.kind === "play" && !view.open ? 0 : Math.ceil(left);
    const clock = Math.floor(whole / 60) + ":" + ("0" + (whole % 60)).slice(-2);
    show($("left"), view.kind !== "lobby");
    put($("left"), view.paused ? "paused, " + clock + " left" : whole ? clock + " left" : "time is up");
    $("left").className = whole === 0 || view.paused ? "late" : "";
    if (blocked && now() >= blocked) {
      blocked = 0;
      draw();
    }
  }

  function drawMore() {
    put($("pause"), view.paused ? "Go on" : "Pause");
    const last = view.kind === "lobby" ? 0 : view.round, choices = [];
    for (let r = 1; r <= last; r += 1) choices.push(String(r));
    fill($("back"), choices,
      (list) => choices.forEach((r) => list.appendChild(new Option(r, r, false, r === String(last)))));
    $("rewound").disabled = going || !last;
    show($("twin"), view.twin);
    const modes = { phones: "On phones, one each.", groups: "One phone for each group.",
      paper: "Without phones: the teacher types what is on the tally sheets.",
      rehearsal: "Rehearsal: the teacher plays all seats." };
    put($("mode"), modes[view.mode]);
    show($("phones"), view.mode !== "phones");
    show($("shared"), view.mode !== "groups");
    $("rehearse").disabled = going || !(view.kind === "play" && view.open);
    const join = view.join;
    put($("address"), [join.address].concat(join.others).join(", ") );
    const found = view.score.some((s) => s.length);
    show($("downloads"), found);
    show($("later"), !found);
    put($("who"), "Who takes part: " + view.players.length + (byHand() ? "" : ", here now: " + view.here.length)
      + " (✓ has chosen)");
    const people = view.players.map((p) => [p.name, view.here.indexOf(p.number) >= 0, p.chosen, p.manager]);
    fill($("people"), people, (box) => people.forEach((p) => {
      const line = make("div");
      line.appendChild(make("b", "", p[0]));
      line.appendChild(document.createTextNode((p[3] ? " (manager)" : "") + (p[1] || byHand() ? "" : " (away)")
        + (p[2] ? " ✓" : "")));
      box.appendChild(line);
    }));
  }

  // --- the grid: a row per group, a box per activity

  function drawSheet() {
    const open = view.kind === "play" || view.kind === "outcome";
    show($("sheet"), byHand());
    if (!byHand()) return;
    const closed = view.kind === "lobby" || view.kind === "guess" ? "The grid opens with round 1" : "No more rounds";
    put($("sheetname"), open ? "Tokens of round " + view.round : closed);
    const people = view.players.filter((p) => !p.manager).slice(0, seats());
    const key = JSON.stringify([view.kind === "outcome" || view.kind === "play" ? view.round : view.kind,
      people.map((p) => [p.number, p.company]), view.labels]);
    if (key !== typed) {
      typed = key;
      build(people, open);
    }
    people.forEach((p, i) => {
      take(rows[i], p.tokens);
      put(rows[i].told, readOut(p));
    });
    if (!open) put($("kept"), "");
    else put($("kept"), rows.filter((r) => r.sent).length + " of " + rows.length + " rows are in");
  }

  const seats = () => view.groups || view.players.length;

  // What is read out to a group that has no phone.
  function readOut(p) {
    const came = p.points === null || p.points === undefined ? "" : ". Last round: " + p.points + " points, place " + p.place;
    return p.card ? p.card + came : "";
  }

  function build(people, open) {
    const table = $("grid"), top = make("tr");
    table.textContent = "";
    top.appendChild(make("th", "who", ""));
    view.labels.forEach((label) => {
      const head = make("th", "col");
      head.scope = "col";
      head.appendChild(make("span", "", capital(label)));
      top.appendChild(head);
    });
    top.appendChild(make("th", "", ""));
    table.appendChild(top);
    rows = people.map((p, i) => {
      const line = make("tr"), who = make("th", "who", p.name + (p.company ? ", " + p.company : "")),
        told = make("small", "", ""), total = make("td", "sum", "");
      who.scope = "row";
      who.appendChild(told);
      line.appendChild(who);
      const cells = view.labels.map((label, k) => {
        const box = make("td"), cell = make("input");
        cell.inputMode = "numeric";
        cell.autocomplete = "off";
        cell.disabled = !open;
        cell.setAttribute("aria-label", p.name + ", " + label);
        cell.onfocus = () => cell.select();
        cell.oninput = () => type(i, k);
        cell.onkeydown = (event) => move(event, i, k);
        box.appendChild(cell);
        line.appendChild(box);
        return cell;
      });
      line.appendChild(total);
      table.appendChild(line);
      return { number: p.number, line: line, told: told, total: total, cells: cells, sent: false, dirty: false, going: false };
    });
    if (view.kind === "play" && rows.length && !view.chosen) rows[0].cells[0].focus();
  }

  const numbers = (row) => row.cells.map((c) => (c.value === "" ? null : Number(c.value)));

  // What the server has, unless this row is being typed.
  function take(row, tokens) {
    if (row.dirty) return;
    if (!tokens.length) {
      if (row.sent) row.cells.forEach((c) => { c.value = ""; });
      row.sent = false;
    } else {
      row.cells.forEach((c, k) => { if (c.value !== String(tokens[k])) c.value = String(tokens[k]); });
      row.sent = true;
    }
    mark(row, "");
  }

  function mark(row, why) {
    const x = numbers(row), full = x.every((v) => v !== null), total = sum(x);
    const wrong = !!why || total > 10 || (full && total !== 10);
    row.line.className = wrong ? "wrong" : row.sent || (full && total === 10) ? "ten" : "";
    let said = x.some((v) => v !== null) ? total + (wrong ? ", not 10" : " of 10") : "";
    if (full && total === 10) said = row.sent && !row.dirty ? "10 ✓" : "10, sending …";
    put(row.total, why || said);
  }

  function type(i, k) {
    const row = rows[i], cell = row.cells[k], digits = cell.value.replace(/\D/g, "");
    cell.value = digits.slice(-1);
    row.dirty = true;
    mark(row, "");
    if (digits === "") return;
    const x = numbers(row);
    if (x.every((v) => v !== null) && sum(x) === 1) {
      if (k === row.cells.length - 1) row.cells[x.indexOf(1)].value = "10";
    }
    if (numbers(row).every((v) => v !== null) && sum(numbers(row)) === 10) send(row);
    mark(row, "");
    if (k + 1 < row.cells.length) row.cells[k + 1].focus();
    else if (i + 1 < rows.length) rows[i + 1].cells[0].focus();
    else $("next").focus();
  }

  function move(event, i, k) {
    const cell = rows[i].cells[k];
    const to = { ArrowUp: [i - 1, k], ArrowDown: [i + 1, k], Enter: [i + 1, 0], ArrowLeft: [i, k - 1],
      ArrowRight: [i, k + 1] }[event.key];
    if (event.key === "Backspace" && cell.value === "" && k > 0) rows[i].cells[k - 1].focus();
    else if (to && rows[to[0]] && rows[to[0]].cells[to[1]]) rows[to[0]].cells[to[1]].focus();
    else return;
    event.preventDefault();
  }

  function send(row) {
    if (row.going) return;
    row.going = true;
    const tokens = numbers(row);
    const said = { player: row.number, round: view.round, tokens: tokens };
    request("POST", "do", { kind: "entered", said: said }, (status, answer) => {
      row.going = false;
      if (rows.indexOf(row) < 0) return;
      const same = JSON.stringify(numbers(row)) === JSON.stringify(tokens);
      if (status === 200 && answer && answer.ok && same) {
        row.sent = true;
        row.dirty = false;
        asked += 1; // an answer that is under way does not know of it yet
        clearTimeout(timer);
        timer = setTimeout(poll, 300);
        mark(row, "");
        put($("kept"), rows.filter((r) => r.sent && !r.dirty).length + " of " + rows.length + " rows are in");
      } else if (!same) {
        if (numbers(row).every((v) => v !== null) && sum(numbers(row)) === 10) send(row);
      } else if (answer && answer.why && status !== 429) mark(row, answer.why);
      else {
        mark(row, "still trying …");
        setTimeout(() => send(row), 2000);
      }
    });
  }

  // --- what is pressed

  $("next").onclick = (event) => {
    if (!view || going || now() < blocked || event.detail > 1 || !view.next) return;
    blocked = now() + TWICE;
    act("next", { step: view.step }, (well) => { blocked = well ? now() + TWICE : 0; });
  };
  $("more").onclick = () => view && act("more", { step: view.step });
  $("close").onclick = () => view && act("close", { step: view.step });
  $("jump").onclick = () => {
    if (hasty($("jump"))) return;
    sure($("jump"), "Really? Press again", () => act("jump", {}));
  };
  $("pause").onclick = () => view && act(view.paused ? "resume" : "pause", {});
  $("rewind").onsubmit = (event) => {
    event.preventDefault();
    if (hasty($("rewound")) || $("rewound").disabled) return;
    const round = Number($("back").value);
    sure($("rewound"), "Back to round " + round + "? Press again", () => act("rewound", { round: round }));
  };
  $("back").onchange = () => { if ($("rewound").confirm) calm($("rewound")); };

  function withoutPhones(mode) {
    const groups = Number($("many").value);
    if (!(groups >= 1 && groups <= 120)) {
      problem("How many groups? From 1 to 120.");
      return;
    }
    typed = "";
    act("mode", { mode: mode, groups: groups });
  }

  $("groups").onsubmit = (event) => {
    event.preventDefault();
    withoutPhones("paper");
  };
  $("rehearsal").onclick = () => withoutPhones("rehearsal");
  $("phones").onclick = () => act("mode", { mode: "phones", groups: 0 });
  $("shared").onclick = () => act("mode", { mode: "groups", groups: 0 });
  $("rehearse").onclick = () => act("rehearse", {});

  setInterval(tick, 250);
  poll();
})();
