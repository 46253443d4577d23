// One player's page: asks how the class stands, shows what may be seen, and sends choices until they have arrived.
"use strict";
(() => {
  const EVERY = 2000; // between two questions [ms]
  const SETTLE = 400; // after the last token, before it is sent [ms]
  const PATIENCE = 10000; // for one answer [ms]
  const SLOW = 1500; // until "saving" becomes "still trying" [ms]
  const SENT = "seat-unsent";

  let view = null; // what the server said last
  let ends = 0; // when the step's time is up, by this phone's own clock [ms]
  let draft = []; // tokens as they lie on this page
  let turn = ""; // the step and round that they are for
  let touched = false; // whether they were moved since they were last known to be saved
  let unsent = kept(); // a choice that has not arrived: {path, body, since}
  // a choice that came too late: {of: its round, at: the round in which it is told, 0 before the server is asked}
  let lost = null;
  let refusal = ""; // why the last choice was not taken
  let settling = 0, again = 0, next = 0, asked = 0, failures = 0;
  let underway = false, joining = false, joined = false, announced = "";

  const $ = (id) => document.getElementById(id);
  const now = () => Date.now();
  const sum = (x) => x.reduce((a, b) => a + b, 0);
  const same = (a, b) => a.length === b.length && a.every((x, i) => x === b[i]);
  const some = (n, one, many) => n + " " + (n === 1 ? one : many);
  const known = (x) => x !== null && x !== undefined;

  // --- asking and sending

  function ask(method, path, body, done) {
    const request = new XMLHttpRequest();
    request.open(method, path);
    request.timeout = PATIENCE;
    request.onloadend = () => {
      let said = null;
      try { said = JSON.parse(request.responseText); } catch (error) { said = null; }
      done(said === null ? 0 : request.status, said);
    };
    if (body) request.setRequestHeader("Content-Type", "application/json");
    request.send(body ? JSON.stringify(body) : null);
  }

  function poll() {
    clearTimeout(next);
    const mine = ++asked;
    ask("GET", "state", null, (status, said) => {
      if (mine !== asked) return; // something newer was asked meanwhile
      failures = status === 200 ? 0 : failures + 1;
      if (status === 200) take(said);
      show($("trouble"), failures > 0);
      $("trouble").textContent = "No connection to the class. Still trying …";
      next = setTimeout(poll, failures ? 3000 + Math.random() * 5000 : EVERY);
    });
  }

  function take(said) {
    view = said;
    ends = now() + 1000 * (said.left || 0);
    if (said.role === "worker" || said.role === "manager") reconcile();
    draw();
  }

  // Bring together what the server has, what lies here and what is on its way.
  function reconcile() {
    const here = view.step + "/" + view.round;
    if (here !== turn) {
      turn = here;
      touched = false;
      refusal = "";
      clearTimeout(settling);
    }
    if (unsent && arrived(unsent)) settle();
    else if (unsent && over(unsent)) {
      missed(unsent);
      settle();
    } else if (unsent && !underway) attempt();
    if (lost && !lost.at) lost.at = view.round;
    if (unsent && unsent.body.tokens && !touched) draft = unsent.body.tokens.slice();
    else if (!touched) draft = view.tokens.slice();
  }

  function arrived(item) {
    if (item.path === "guess") return view.guess.own === item.body.answer;
    return view.saved && item.body.round === choosing() && same(view.tokens, item.body.tokens);
  }

  function over(item) {
    if (item.path === "guess") return view.kind !== "guess";
    return item.body.round !== choosing()
      || (view.kind !== "play" && !(view.role === "manager" && view.kind === "outcome"));
  }

  // The round that a choice is for: a manager's is always for the next one.
  const choosing = () => (view.role === "manager" ? view.round + 1 : view.round);

  function mayChoose() {
    if (view.role === "manager") return (view.kind === "play" || view.kind === "outcome") && view.round < view.rounds;
    return view.role === "worker" && view.kind === "play" && view.open;
  }

  function send(path, body) {
    unsent = { path: path, body: body, since: now() };
    refusal = "";
    lost = null;
    keep();
    attempt();
  }

  // One message at a time, so that an older choice never overtakes a newer one.
  function attempt() {
    if (!unsent || underway) return;
    clearTimeout(again);
    underway = true;
    const item = unsent;
    ask("POST", item.path, item.body, (status, said) => {
      underway = false;
      if (unsent !== item) {
        attempt();
        return;
      }
      if (status === 200 && said.ok) {
        if (item.path === "guess") view.guess.own = item.body.answer;
        else {
          view.saved = true;
          view.tokens = item.body.tokens;
          touched = !same(draft, item.body.tokens);
        }
        settle();
        poll();
      } else if (status === 429 || status === 0 || status >= 500) {
        again = setTimeout(attempt, 1500 + Math.random() * 2500);
      } else {
        if (status === 409 && item.path !== "guess") missed(item);
        else refusal = said.why || "That was not taken.";
        touched = false;
        settle();
        poll();
      }
      draw();
    });
    setTimeout(draw, SLOW + 50);
  }

  function missed(item) {
    if (item.path !== "guess") lost = { of: item.body.round, at: 0 };
  }

  function settle() {
    unsent = null;
    keep();
  }

  function keep() {
    try {
      if (unsent) sessionStorage.setItem(SENT, JSON.stringify(unsent));
      else sessionStorage.removeItem(SENT);
    } catch (error) { /* a private window keeps nothing; the page itself still does */ }
  }

  function kept() {
    try {
      const found = JSON.parse(sessionStorage.getItem(SENT));
      return found && found.path && found.body ? found : null;
    } catch (error) {
      return null;
    }
  }

  // A word of our own, so that whoever asks twice because no answer came is let in once.
  const once = Math.random().toString(36).slice(2) + Math.random().toString(36).slice(2) + Date.now().toString(36);

  function join() {
    if (joining) return;
    joining = true;
    say($("joining"), "joining …", "");
    ask("POST", "join", { once: once }, (status, said) => {
      joining = false;
      if (status === 200 && said.ok) {
        joined = true;
        poll();
      } else if (status === 0 || status === 429 || status >= 500) {
        say($("joining"), "still trying …", "not");
        setTimeout(join, 1500 + Math.random() * 2500);
      } else say($("joining"), said.why || "That did not work.", "not");
    });
  }

  // --- small parts of pages

  function show(element, on) {
    if (element.hidden === on) element.hidden = !on;
  }

  function put(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }

  function say(element, text, kind) {
    put(element, text);
    element.className = "state " + kind;
  }

  function make(tag, name, text) {
    const element = document.createElement(tag);
    if (name) element.className = name;
    if (known(text)) element.textContent = text;
    return element;
  }

  // Fill an element anew, only if what it shows has changed, so that nobody loses the place where they are.
  function fill(element, content, build) {
    const key = JSON.stringify(content);
    if (element.shown === key) return;
    element.shown = key;
    element.textContent = "";
    build(element);
  }

  function table(element, caption, heads, rows) {
    const t = make("table"), top = make("tr");
    t.appendChild(make("caption", "", caption));
    heads.forEach((h) => {
      const cell = make("th", "", h);
      cell.scope = "col";
      top.appendChild(cell);
    });
    t.appendChild(top);
    rows.forEach((row) => {
      const line = make("tr");
      row.forEach((x) => line.appendChild(make("td", "", x)));
      t.appendChild(line);
    });
    element.appendChild(t);
  }

  // --- what is shown

  const REVEALED = ["truth", "boards", "paths", "debrief"];

  function draw() {
    if (!view) return;
    const seated = view.role === "worker" || view.role === "manager";
    const worker = view.role === "worker";
    const revealed = REVEALED.indexOf(view.kind) >= 0;
    show($("join"), view.role === "nobody");
    show($("wait"), view.role === "waiting");
    show($("guess"), seated && view.kind === "guess");
    show($("result"), worker
      && (view.kind === "outcome" || view.kind === "manager" || (view.kind === "play" && view.history.length > 0)));
    show($("truth"), worker && revealed);
    show($("work"), seated && (view.kind === "guess" || view.kind === "play" || view.kind === "outcome"));
    show($("seen"), view.role === "manager" && view.kind !== "guess" && !revealed);
    show($("choice"), seated && (view.kind === "play" || view.kind === "outcome"));
    show($("look"), seated && (view.kind === "manager" || revealed));
    show($("write"), seated && view.kind === "debrief" && view.texts);
    drawTop();
    if (view.role === "nobody") drawJoin();
    if (view.role === "waiting") put($("own"), view.name);
    if (!seated) return;
    drawWork();
    if (view.kind === "guess") drawGuess();
    if (worker) drawResult();
    if (worker && revealed) drawTruth();
    if (view.role === "manager") drawSeen();
    drawChoice();
    put($("away"), lookWords());
  }

  function drawTop() {
    const words = {
      lobby: "getting in",
      guess: "predict",
      manager: "what came of it",
      truth: "what was true",
      boards: "what was true",
      paths: "what if",
      debrief: "let us talk",
    };
    put($("name"), view.name || "");
    let where = words[view.kind] || "";
    if (view.kind === "play") where = "round " + view.round + " of " + view.rounds;
    if (view.kind === "outcome") where = "after round " + view.round;
    put($("where"), view.role === "nobody" ? "" : where);
    show($("top"), view.role !== "nobody");
    tick();
  }

  function tick() {
    if (!view) return;
    const timed = view.role !== "nobody" && (view.kind === "play" || view.kind === "guess");
    const left = view.paused ? view.left : Math.max(0, (ends - now()) / 1000);
    const whole = view.kind === "play" && !view.open ? 0 : Math.ceil(left);
    show($("clock"), timed && (view.kind === "play" || whole > 0));
    if (!timed) return;
    put($("clock"), view.paused ? "paused" : Math.floor(whole / 60) + ":" + ("0" + (whole % 60)).slice(-2));
    $("clock").className = whole <= 10 && view.kind === "play" && !view.paused ? "late" : "";
    if (view.kind === "play" && !view.paused) {
      const marks = [[0, "Time is up."], [10, "10 seconds left."], [30, "30 seconds left."]];
      const at = marks.filter((x) => whole <= x[0])[0];
      const said = at ? turn + at[1] : turn;
      if (said !== announced) {
        announced = said;
        put($("milestone"), at ? at[1] : "");
        if (whole === 0 && view.open) setTimeout(poll, Math.random() * 600);
      }
    }
  }

  function drawJoin() {
    put($("lesson"), capital(view.lesson));
    show($("enter"), !view.full);
    if (view.full) say($("joining"), "The class is full. Look at a neighbour's page.", "not");
    else if (joined) say($("joining"),
      "Your browser keeps no cookies here. Please allow them for this page, then join again.", "not");
  }

  const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

  function drawWork() {
    const card = view.card;
    document.body.className = "company-" + view.company.number;
    put($("company"), "You " + (view.role === "manager" ? "manage " : "work at ") + view.company.name);
    put($("told"), view.company.told);
    show($("card"), !!card);
    if (!card) return;
    put($("motive"), card.title);
    put($("secret"), card.text);
    const open = view.kind === "guess" || (view.kind === "play" && view.round === 1);
    if ($("card").was !== open) {
      $("card").was = open;
      $("card").open = open;
    }
  }

  function drawGuess() {
    const guess = view.guess;
    put($("ask"), guess.ask);
    fill($("answers"), guess.answers, (box) => {
      guess.answers.forEach((answer, i) => {
        const label = make("label", "answer"), input = make("input");
        input.type = "radio";
        input.name = "answer";
        input.onchange = () => {
          send("guess", { answer: i });
          draw();
        };
        label.appendChild(input);
        label.appendChild(make("span", "", answer));
        box.appendChild(label);
      });
    });
    const mine = unsent && unsent.path === "guess" ? unsent.body.answer : guess.own;
    [].forEach.call($("answers").querySelectorAll("input"), (input, i) => {
      if (input.checked !== (i === mine)) input.checked = i === mine;
    });
    if (refusal) say($("guessed"), capital(refusal) + ".", "not");
    else if (unsent) trying($("guessed"));
    else if (known(guess.own)) say($("guessed"), "saved ✓", "ok");
    else say($("guessed"), "not answered yet", "");
  }

  function trying(element) {
    const slow = now() - unsent.since > SLOW;
    say(element, slow ? "still trying …" : "saving …", slow ? "not" : "");
  }

  function drawResult() {
    const last = view.history[view.history.length - 1];
    const waiting = view.kind === "outcome" && view.history.length < view.round;
    const short = view.kind === "play";
    put($("came"), (waiting ? "Round " + view.round : last ? "Round " + last.round : "") + (short ? ": " : ""));
    put($("figure"), waiting ? "being counted …" : last ? points(last.points) + placed(last) : "");
    $("result").className = short ? "short" : "";
    fill($("happened"), waiting || !last ? [] : last, (box) => {
      if (waiting || !last) return;
      if (last.rose) box.appendChild(make("p", "note", "You rose: you were promoted."));
      if (last.lost)
        box.appendChild(make("p", "note",
          "You were among those who had to go. You go on as the newcomer in that seat."));
    });
    const rows = short ? []
      : view.history.map((h) => [String(h.round), figure(h.points), h.place + " of " + h.of, events(h)]);
    fill($("rounds"), rows, (box) => {
      if (rows.length > 1) table(box, "Points: " + view.number + ". 100 is a usual week.",
        ["Round", "Points", "Place", ""], rows);
      if (rows.length) box.appendChild(make("p", "small",
        "The points of a single round are mostly luck: what happened to be counted, and how others saw it."));
    });
  }

  const figure = (x) => (known(x) ? String(Math.round(x)).replace("-", "−") : "–");
  const points = (x) => (known(x) ? figure(x) + (Math.round(x) === 1 ? " point" : " points") : "no review");
  const placed = (h) => (known(h.points) && h.of > 1 ? ", place " + h.place + " of " + h.of : "");
  const events = (h) => [h.rose ? "rose" : "", h.lost ? "had to go" : ""].filter((x) => x).join(", ");

  function drawTruth() {
    const truth = view.truth;
    const rounds = truth ? truth.use.map((u, i) => [i + 1, (view.history[i] || {}).points, u]) : [];
    fill($("bars"), rounds, (box) => {
      const all = rounds.reduce((a, r) => a.concat([r[1] || 0, r[2] || 0]), [100]), top = Math.max.apply(null, all);
      rounds.forEach((r) => {
        const one = make("div", "round");
        one.appendChild(make("b", "", "Round " + r[0]));
        [["points", "score", r[1]], ["of use", "use", r[2]]].forEach((x) => {
          const beam = make("div", "beam " + x[1]), way = make("span", "way"), bar = make("i");
          bar.style.width = Math.max(0, (100 * (x[2] || 0)) / top) + "%";
          if (!(x[2] > 0)) bar.style.display = "none";
          way.appendChild(bar);
          beam.appendChild(make("span", "word", x[0]));
          beam.appendChild(way);
          beam.appendChild(make("span", "value", figure(x[2])));
          one.appendChild(beam);
        });
        box.appendChild(one);
      });
      if (!rounds.length) box.appendChild(make("p", "", "being computed …"));
    });
    const rank = truth && truth.of > 1 ? "place " + truth.place + " of " + truth.of + " in your team" : "";
    put($("rank"), rank && "By what was of use you are in " + rank + ".");
    const week = view.saved ? view.labels.map((label, i) => [label, view.tokens[i]]).filter((x) => x[1] > 0) : [];
    fill($("week"), week, (box) => {
      if (!week.length) return;
      box.appendChild(make("h3", "", "Your last week, in plain words"));
      const list = make("ul");
      week.forEach((x) => list.appendChild(make("li", "", x[0] + ": " + some(x[1], "token", "tokens"))));
      box.appendChild(list);
    });
    const said = pathWords(view.paths);
    fill($("paths"), said, (box) => {
      if (!said.length) return;
      box.appendChild(make("h3", "", "What if"));
      said.forEach((x) => {
        box.appendChild(make("h4", "", x[0]));
        box.appendChild(make("p", "", x[1]));
      });
    });
  }

  function pathWords(paths) {
    if (paths === undefined) return [];
    const found = paths || {}, p = found.percentile, c = found.same_choices, s = found.simulated,
      soon = "being computed …";
    const than = (x, what) => what + " than " + Math.round(x) + " of 100";
    const alone = s && s.company === view.company.name; // a lesson of one company: there is no other to compare with
    const said = [
      ["Against 200 simulated people in your seat with your card:",
        p ? than(p.score, "more points") + ", " + than(p.use, "more of use") + ", " + than(p.own, "more for yourself")
          + "." : soon],
      ["Your same choices, scored by the other company's rules:",
        c ? points(c.points) + " in " + c.company + ". In your own company you had " + points(c.own_points) + "."
          + paid(c) : soon],
      ["Simulated people holding your card in " + (alone ? "your seat" : "the other company") + ", same luck:",
        s ? points(s.points) + " and " + figure(s.use) + " of use in " + s.company + "." : soon],
    ];
    return said.filter((x, i) => i !== 1 || !alone).map((x) => [x[0], capital(x[1])]);
  }

  function paid(c) {
    if (!c.pay === !c.own_pay) return "";
    return c.pay ? " There your pay would have followed from them." : " There nothing would have been paid for them.";
  }

  function drawSeen() {
    const seen = view.seen || [], scores = view.points || [];
    fill($("signals"), [seen, scores], (box) => {
      if (!seen.length) box.appendChild(make("p", "",
        "After the first round you see here what can be seen of your people."));
      else table(box, "Last round, mean of your people", ["Signal", "Mean"],
        seen.map((x) => [capital(x.signal), String(x.mean)]));
      if (scores.length)
        table(box, "Points of your people by what counts", ["Round", "Points"],
          scores.map((x, i) => [String(i + 1), figure(x)]));
    });
  }

  // --- the ten tokens

  function drawChoice() {
    const boss = view.role === "manager", may = mayChoose(), things = (boss ? view.signals : view.labels).map(capital);
    const total = view.tokens_of_a_week, left = total - sum(draft);
    const ended = boss && view.round >= view.rounds;
    put($("lay"), boss ? "What should count in round " + choosing() + "?" : "Your week: " + total + " tokens");
    if (!may) put($("how"), view.saved ? laid(things) : "");
    else put($("how"), boss ? "Lay " + total + " tokens: more tokens, more weight. Until you do, it stays as it is."
      : "Take away with −, lay elsewhere with +.");
    show($("lay"), !ended && (may || view.kind === "play"));
    $("foot").className = may ? "" : "still";
    show($("how"), !ended && (may || view.saved));
    show($("things"), may);
    show($("foot"), !ended);
    show($("left"), may);
    if (ended) return;
    fill($("things"), things, (box) => things.forEach((name, i) => box.appendChild(thing(name, i))));
    [].forEach.call($("things").children, (row, i) => {
      const n = draft[i] || 0, buttons = row.querySelectorAll("button");
      put(row.querySelector(".n"), String(n));
      row.querySelector("i").style.width = (100 * n) / total + "%";
      press(buttons[0], n > 0, "One less on " + things[i] + ", now " + n);
      press(buttons[1], left > 0, "One more on " + things[i] + ", now " + n);
    });
    put($("left"), left > 0 ? some(left, "token", "tokens") + " left to lay" : "All " + total + " tokens laid");
    show($("same"), may && !view.saved && !unsent);
    put($("same"), boss ? "Let this count" : known(view.laid_in) ? sameAs(view.laid_in) : "Take this week as it is");
    drawSaved(may, left);
  }

  const sameAs = (round) => "Same as " + (round === view.round - 1 ? "last round" : "in round " + round);

  function laid(things) {
    const parts = things.map((name, i) => [name, view.tokens[i]]).filter((x) => x[1] > 0);
    return "You laid: " + parts.map((x) => x[0].toLowerCase() + " " + x[1]).join(", ") + ".";
  }

  function press(button, on, words) {
    if (button.getAttribute("aria-label") !== words) button.setAttribute("aria-label", words);
    button.setAttribute("aria-disabled", on ? "false" : "true");
  }

  function drawSaved(may, left) {
    const out = $("saved");
    if (lost && (!lost.at || lost.at === view.round) && !(may && lost.of === choosing())) say(out, lateWords(), "not");
    else if (refusal) say(out, capital(refusal) + ".", "not");
    else if (may && left > 0) say(out, view.saved ? "Your earlier choice is saved until all are laid."
      : "not saved yet", "");
    else if (unsent) trying(out);
    else if (may && touched) say(out, "saving …", "");
    else if (view.saved) say(out, may ? "saved ✓" : "Your choice of this round: saved ✓", "ok");
    else if (may) say(out, "not saved yet", "not");
    else if (view.role === "worker" && !view.open) say(out,
      "No choice of yours arrived: a simulated colleague played for you.", "not");
    else say(out, "", "");
  }

  function lateWords() {
    if (view.role === "manager") return "Round " + lost.of + " began before your choice arrived.";
    if (lost.of !== view.round) return "Round " + lost.of + " closed before your choice arrived.";
    return "The round closed before it arrived." + (view.saved ? " Your earlier choice is saved." : "");
  }

  function thing(name, i) {
    const row = make("div", "thing"), label = make("span", "label", name), bar = make("span", "bar");
    bar.appendChild(make("i"));
    label.appendChild(bar);
    row.appendChild(label);
    row.appendChild(step("−", i, -1));
    row.appendChild(make("span", "n"));
    row.appendChild(step("+", i, 1));
    return row;
  }

  function step(sign, i, by) {
    const button = make("button", "", sign);
    button.type = "button";
    button.onclick = () => {
      if (!mayChoose()) return;
      const left = view.tokens_of_a_week - sum(draft);
      if (by > 0 && left <= 0) {
        put($("hint"), "All tokens are laid: take one away with − first.");
        show($("hint"), true);
        return;
      }
      if (by < 0 && !draft[i]) return;
      show($("hint"), false);
      draft[i] += by;
      touched = true;
      refusal = "";
      clearTimeout(settling);
      if (sum(draft) === view.tokens_of_a_week) settling = setTimeout(lay, SETTLE);
      drawChoice();
    };
    return button;
  }

  function lay() {
    send(view.role === "manager" ? "weigh" : "choose", { round: choosing(), tokens: draft.slice() });
    draw();
  }

  function lookWords() {
    if (view.kind === "debrief") return "Let us talk. The questions are on the screen.";
    if (view.kind === "boards") return "The boards are on the screen.";
    return "Now look at the screen.";
  }

  // --- what is pressed

  $("enter").onclick = join;
  $("same").onclick = () => {
    clearTimeout(settling);
    draft = view.tokens.slice();
    touched = true;
    show($("hint"), false);
    lay();
  };
  $("writing").onsubmit = (event) => {
    event.preventDefault();
    const text = $("text").value.trim();
    if (!text) return;
    say($("sent"), "sending …", "");
    ask("POST", "write", { text: text }, (status, said) => {
      if (status === 200 && said.ok) {
        $("text").value = "";
        say($("sent"), "sent ✓", "ok");
      } else say($("sent"), status === 0 ? "It did not get through. Please send it again." : capital(said.why) + ".",
        "not");
    });
  };
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) poll();
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) poll();
  });
  setInterval(tick, 250);
  poll();
})();
