// The page for the projector: what all may see, large.
"use strict";
(() => {
  const EVERY = 1500; // between two questions [ms]
  const STAY = 20000; // of a picture, where several take turns [ms]
  const COLOURS = ["#0072B2", "#D55E00", "#009E73"];
  const DASHES = ["", "26 16", "6 14"];
  const REVEALED = ["truth", "boards", "paths", "debrief"];
  const PICTURES = {
    manager: "What the manager sees",
    truth: "What it was worth",
    validity: "Could it be trusted?",
    tokens: "Where the weeks went",
    paths: "What if",
    twin: "Before and now",
  };

  let view = null; // what the server said last
  let ends = 0; // when the step's time is up, by this computer's own clock [ms]
  let chosen = 0; // which of several things is shown
  let turning = true; // whether they take turns by themselves
  let since = 0, at = ""; // since when it is shown, and at which step

  const $ = (id) => document.getElementById(id);
  const now = () => Date.now();
  const sum = (x) => x.reduce((a, b) => a + b, 0);
  const known = (x) => x !== null && x !== undefined;
  const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

  function ask() {
    const request = new XMLHttpRequest();
    request.open("GET", "screen/state");
    request.timeout = 10000;
    request.onloadend = () => {
      let said = null;
      try { said = JSON.parse(request.responseText); } catch (error) { said = null; }
      const well = said !== null && request.status === 200;
      show($("trouble"), !well);
      if (well) take(said);
      setTimeout(ask, EVERY);
    };
    request.send();
  }

  function take(said) {
    view = said;
    ends = now() + 1000 * said.left;
    const here = said.step + said.kind;
    if (here !== at) {
      at = here;
      chosen = 0;
      turning = true;
      since = now();
    }
    draw();
  }

  function show(element, on) {
    if (element.hidden === on) element.hidden = !on;
  }

  function put(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }

  function make(tag, name, text) {
    const element = document.createElement(tag);
    if (name) element.className = name;
    if (known(text)) element.textContent = text;
    return element;
  }

  function fill(element, content, build) {
    const key = JSON.stringify(content);
    if (element.shown === key) return;
    element.shown = key;
    element.textContent = "";
    build(element);
  }

  // --- steps

  function draw() {
    const kind = view.kind;
    show($("lobby"), kind === "lobby");
    show($("guess"), kind === "guess");
    show($("play"), kind === "play");
    show($("shown"), kind === "outcome" || kind === "manager" || REVEALED.indexOf(kind) >= 0);
    const titles = {
      lobby: capital(view.lesson),
      guess: "What do you think will happen?",
      play: "Round " + view.round + " of " + view.rounds,
      outcome: "After round " + view.round + ": " + view.number,
      manager: "What the manager sees: " + view.number,
      truth: "What was true",
      boards: "Three ways to be best",
      paths: "What if?",
      debrief: "Let us talk",
    };
    put($("title"), titles[kind]);
    drawFoot(); // before what takes the room that is left
    if (kind === "lobby") drawLobby();
    if (kind === "guess") drawGuess();
    if (kind === "play") drawPlay();
    if (!$("shown").hidden) drawShown();
    tick();
  }

  const withPhones = () => view.mode === "phones" || view.mode === "groups";

  function drawLobby() {
    const join = view.join, n = view.names.length;
    const shared = view.mode === "groups" ? "Open this on one phone of each group:" : "Open this on your phone:";
    put($("open"), withPhones() ? shared : "We play without phones.");
    show($("address"), withPhones());
    put($("address"), join.address);
    $("address").style.fontSize = Math.max(1.2, Math.min(3.1, 62 / join.address.length)) + "rem";
    show($("qr"), withPhones() && !!join.qr);
    const picture = join.qr ? "data:image/svg+xml," + encodeURIComponent(join.qr) : "";
    if (join.qr && $("qr").src !== picture) $("qr").src = picture;
    const stuck = n === 0 && withPhones() && known(join.first) && join.first >= 30;
    const nobody = withPhones() ? "Waiting for a first phone" : "Waiting for the groups";
    put($("count"), n === 0 ? nobody : n + (n === 1 ? " is in" : " are in"));
    show($("help"), stuck);
    show($("names"), !stuck);
    const port = (/:(\d+)/.exec(join.address) || ["", "80"])[1];
    fill($("help"), [stuck, port], (box) => {
      const list = make("ul");
      ["This computer's firewall must let port " + port + " through.",
        "Guest networks often keep phones and computers apart (“client isolation”). Take another network.",
        "Or use a hotspot or a travel router. Many phone hotspots stop near 10 phones.",
        "Or press “No phones” on the teacher's page."].forEach((x) => list.appendChild(make("li", "", x)));
      box.appendChild(list);
    });
    put($("others"), withPhones() && join.others.length ? "If that does not open: " + join.others.join("   ") : "");
    fill($("names"), [view.names, $("names").clientWidth, $("names").clientHeight], drawNames);
  }

  function drawNames(box) {
    view.names.forEach((name) => box.appendChild(make("span", "", name)));
    let out = 0;
    while (box.children.length > 1 && box.scrollHeight > box.clientHeight + 2) {
      if (out) box.removeChild(box.lastChild);
      box.removeChild(box.firstChild);
      out += 1;
      box.appendChild(make("span", "note", "and " + out + " more"));
    }
  }

  function drawGuess() {
    put($("ask"), view.guess.ask);
    fill($("answers"), [view.guess.answers, view.guess.ask, window.innerWidth, window.innerHeight], (list) => {
      view.guess.answers.forEach((x) => list.appendChild(make("li", "", x)));
      fit($("guess"), $("guess"), 1.5);
    });
  }

  function drawPlay() {
    const all = view.workers, k = view.chosen;
    $("meter").firstElementChild.style.width = (all ? (100 * k) / all : 0) + "%";
    put($("chosen"), k + " of " + all + " have chosen");
    const words = withPhones() ? [] : view.labels.map(capital);
    fill($("labels"), words, (list) => words.forEach((x) => list.appendChild(make("li", "", x))));
  }

  function drawFoot() {
    const late = withPhones() && view.kind !== "lobby"
      && (view.kind === "guess" || view.kind === "play" || view.kind === "outcome");
    const parts = [late ? "Late? Open " + view.join.address : "",
      late ? view.people_here + (view.people_here === 1 ? " phone is here" : " phones are here") : ""];
    const keys = view.kind === "truth" || view.kind === "paths" ? view.companies.map((c) => [c.name, c.reveal]) : [];
    $("foot").className = keys.length ? "keys" : "";
    show($("foot"), late || keys.length > 0);
    fill($("foot"), [parts, keys], (box) => {
      if (!keys.length) parts.forEach((x) => box.appendChild(make("span", "", x)));
      keys.forEach((x, i) => {
        const line = make("span"), name = make("b", "", x[0]);
        name.style.borderColor = COLOURS[i];
        name.style.borderBottomStyle = ["solid", "dashed", "dotted"][i];
        line.appendChild(name);
        line.appendChild(document.createTextNode(": " + x[1]));
        box.appendChild(line);
      });
    });
  }

  function tick() {
    if (!view) return;
    const left = view.paused ? view.left : Math.max(0, (ends - now()) / 1000);
    const whole = view.kind === "play" && !view.open ? 0 : Math.ceil(left);
    const clock = Math.floor(whole / 60) + ":" + ("0" + (whole % 60)).slice(-2);
    if (view.kind === "play") {
      const words = view.paused ? "paused" : whole === 0 ? "Time is up" : "";
      put($("big"), words || clock);
      $("big").className = words ? "words" : "";
    }
    show($("clock"), view.kind !== "play" && view.kind !== "lobby" && (view.paused || whole > 0));
    put($("clock"), view.paused ? "paused" : clock);
    if (turning && view.kind === "truth" && now() - since > STAY && !view.paused) turn(chosen + 1, true);
  }

  // --- pictures, boards, questions: one at a time, as large as there is room

  function things() {
    const given = view.pictures || {}, names = view.kind === "outcome" ? []
      : Object.keys(PICTURES).filter((name) => given[name]);
    const found = names.map((name) => {
      const title = PICTURES[name], address = given[name];
      return { title: title, key: address, address: address, build: (box) => picture(box, address, title) };
    });
    if (view.kind === "debrief") {
      found.unshift({ title: "Questions", key: [view.questions, window.innerWidth, window.innerHeight],
        build: drawQuestions });
      if (view.happened) found.push({ title: "Did it happen today?", key: [view.happened, view.missed],
        build: drawToday });
      if (view.texts.length) found.push({ title: "What you wrote", key: view.texts, build: drawTexts });
    }
    if (view.kind === "boards") {
      found.push({ title: "Boards", key: view.boards, build: drawBoards });
      if (sum(view.guess.counts) > 0) found.push({ title: "What you guessed", key: view.guess, build: drawGiven });
    }
    if (!found.length) found.push({ title: "", key: [view.kind, view.score, view.use], build: drawLines });
    return found;
  }

  function drawShown() {
    const all = things(), one = all[Math.min(chosen, all.length - 1)];
    show($("tabs"), all.length > 1);
    fill($("tabs"), all.map((x) => x.title), (box) => {
      all.forEach((x, i) => {
        const button = make("button", "", i + 1 + " " + x.title);
        button.type = "button";
        button.onclick = () => turn(i, false);
        box.appendChild(button);
      });
    });
    [].forEach.call($("tabs").children,
      (button, i) => button.setAttribute("aria-pressed", i === Math.min(chosen, all.length - 1) ? "true" : "false"));
    const old = $("panel").firstElementChild;
    if (one.address && old && old.alt === one.title) redraw(old, one.address);
    else fill($("panel"), [one.title, one.key], one.build);
  }

  // A picture that is drawn anew takes the place of the old one only when it is there.
  function redraw(image, address) {
    if (image.address === address) return;
    image.address = address;
    image.src = "screen/" + address;
  }

  function turn(to, byItself) {
    const n = things().length;
    chosen = (to + n) % n;
    turning = byItself;
    since = now();
    drawShown();
  }

  function picture(box, address, title) {
    const image = make("img");
    image.alt = title;
    image.address = address;
    image.onerror = () => {
      box.shown = "";
      box.textContent = "";
      box.appendChild(make("p", "note", "being drawn …"));
    };
    image.src = "screen/" + address;
    box.appendChild(image);
  }

  function drawLines(box) {
    if (view.kind === "paths") {
      box.appendChild(make("p", "note", "being computed …"));
      return;
    }
    const done = Math.max.apply(null, [0].concat(view.score.map((x) => x.length)));
    const behind = view.kind === "outcome" && done < view.round;
    if (!done || behind) box.appendChild(make("p", "note", "being counted …"));
    if (view.kind !== "truth") {
      if (done) box.appendChild(lines("points, 100 is a usual week", view.score));
      return;
    }
    const two = make("div", "two");
    two.appendChild(lines("points, 100 is a usual week", view.score));
    two.appendChild(lines("points of use, 100 is a usual week", view.use));
    box.appendChild(two);
  }

  // As large as there is room, and never smaller than other words.
  function fit(element, box, largest) {
    let size = largest;
    element.style.fontSize = size + "rem";
    while (size > 1.1 && (box.scrollHeight > box.clientHeight || element.scrollHeight > element.clientHeight)) {
      size -= 0.1;
      element.style.fontSize = size + "rem";
    }
  }

  function drawQuestions(box) {
    const list = make("ul", "questions");
    view.questions.forEach((x) => list.appendChild(make("li", "", x)));
    box.appendChild(list);
    fit(list, box, 1.75);
  }

  function drawToday(box) {
    const today = make("div", "today"), list = make("ul");
    today.appendChild(make("p", "", view.happened));
    (view.missed || []).filter((x) => x !== view.happened).forEach((x) => list.appendChild(make("li", "", x)));
    today.appendChild(list);
    box.appendChild(today);
    fit(today, box, 1.5);
  }

  function drawTexts(box) {
    const list = make("ul", "texts");
    view.texts.forEach((x) => list.appendChild(make("li", "", x)));
    box.appendChild(list);
  }

  function drawBoards(box) {
    const boards = make("div", "boards");
    Object.keys(view.boards || {}).forEach((title) => {
      const board = make("div"), list = make("ol");
      board.appendChild(make("h2", "", capital(title)));
      view.boards[title].forEach((name) => list.appendChild(make("li", "", name)));
      board.appendChild(list);
      boards.appendChild(board);
    });
    box.appendChild(boards);
  }

  function drawGiven(box) {
    const counts = view.guess.counts, total = sum(counts), given = make("div", "given");
    given.appendChild(make("h2", "", view.guess.ask));
    view.guess.answers.forEach((answer, i) => {
      const line = make("div", "line"), way = make("span", "way"), bar = make("i");
      bar.style.width = (100 * counts[i]) / total + "%";
      way.appendChild(bar);
      line.appendChild(make("span", "word", answer));
      line.appendChild(way);
      line.appendChild(make("span", "n", String(counts[i])));
      given.appendChild(line);
    });
    box.appendChild(given);
  }

  // --- lines by round, a name at the end of each

  function draws(parent, tag, given, text) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    Object.keys(given).forEach((key) => element.setAttribute(key, given[key]));
    if (known(text)) element.textContent = text;
    parent.appendChild(element);
    return element;
  }

  function lines(title, series) {
    const half = view.kind === "truth";
    const W = half ? 880 : 1760, H = 800, left = 130, top = 80, bottom = 100, size = 42;
    const right = 80 + 30 * Math.max.apply(null, view.companies.map((c) => c.name.length + 4));
    const values = [].concat.apply([], series).filter(known);
    const low = Math.min.apply(null, [0].concat(values)) * 1.2,
      high = Math.max.apply(null, [100].concat(values)) * 1.05;
    const every = high - low > 400 ? 100 : high - low > 160 ? 50 : 25, n = Math.max(2, view.rounds);
    const x = (i) => left + ((W - left - right) * i) / (n - 1);
    const y = (v) => top + ((H - top - bottom) * (high - v)) / (high - low);
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 " + W + " " + H);
    svg.setAttribute("role", "img");
    const told = (v) => (known(v) ? Math.round(v) : "none");
    const each = series.map((s, c) => view.companies[c].name + ": " + s.map(told).join(", "));
    svg.setAttribute("aria-label", capital(title) + ", by round. " + each.join(". "));
    draws(svg, "text", { x: 10, y: 46, "font-size": size, fill: "#111" }, title);
    for (let v = Math.ceil(low / every) * every; v <= high; v += every) {
      draws(svg, "line",
        { x1: left - 20, x2: W - right + 20, y1: y(v), y2: y(v), stroke: v === 0 ? "#111" : "#d6d6d6",
          "stroke-width": v === 0 ? 3 : 2 });
      draws(svg, "text", { x: left - 30, y: y(v) + 14, "font-size": size, fill: "#4d4d4d", "text-anchor": "end" },
        String(v));
    }
    for (let i = 0; i < view.rounds; i += 1)
      draws(svg, "text", { x: x(i), y: H - 45, "font-size": size, fill: "#4d4d4d", "text-anchor": "middle" },
        String(i + 1));
    draws(svg, "text", { x: W - right + 40, y: H - 45, "font-size": size, fill: "#4d4d4d" }, "round");
    const tags = [];
    series.forEach((s, c) => {
      const points = s.map((v, i) => (known(v) ? [x(i), y(v), v] : null)).filter(known), ink = COLOURS[c];
      if (!points.length) return;
      draws(svg, "polyline",
        { points: points.map((p) => p[0] + "," + p[1]).join(" "), fill: "none", stroke: ink, "stroke-width": 9,
          "stroke-dasharray": DASHES[c] });
      points.forEach((p) => mark(svg, c, p[0], p[1], ink));
      const last = points[points.length - 1];
      tags.push({ x: last[0] + 32, y: last[1] + 14, text: view.companies[c].name + " " + Math.round(last[2]),
        ink: ink });
    });
    tags.sort((a, b) => a.y - b.y);
    tags.forEach((t, i) => { if (i && t.y - tags[i - 1].y < size + 6) t.y = tags[i - 1].y + size + 6; });
    tags.forEach((t) => draws(svg, "text", { x: t.x, y: t.y, "font-size": size + 6, "font-weight": 700, fill: t.ink,
      stroke: "#fff", "stroke-width": 8, "paint-order": "stroke" }, t.text));
    return svg;
  }

  function mark(svg, c, x, y, ink) {
    if (c === 0) draws(svg, "circle", { cx: x, cy: y, r: 15, fill: ink });
    if (c === 1) draws(svg, "rect", { x: x - 14, y: y - 14, width: 28, height: 28, fill: ink });
    if (c === 2) draws(svg, "path", { d: "M" + x + " " + (y - 18) + "l18 32h-36z", fill: ink });
  }

  // --- keys

  document.addEventListener("keydown", (event) => {
    if (!view || $("shown").hidden || event.ctrlKey || event.metaKey || event.altKey) return;
    const n = things().length, digit = Number(event.key);
    if (event.key === "ArrowRight") turn(chosen + 1, false);
    else if (event.key === "ArrowLeft") turn(chosen - 1, false);
    else if (digit >= 1 && digit <= n) turn(digit - 1, false);
  });
  window.addEventListener("resize", () => view && draw());
  setInterval(tick, 250);
  ask();
})();
