// Asks the emulator once a second and draws what it says. Text goes into the page as text only,
// since names, images and messages come from whoever calls the API.
"use strict";

const TONES = {
  ACTIVE: "good", SUCCESSFUL: "good",
  PROVISIONING: "busy", DEPROVISIONING: "busy", DRAINING: "busy", PENDING: "busy", IN_PROGRESS: "busy",
  STOP_REQUESTED: "busy", ROLLBACK_REQUESTED: "busy", ROLLBACK_IN_PROGRESS: "bad",
  STOPPED: "bad", FAILED: "bad", ROLLBACK_SUCCESSFUL: "bad", ROLLBACK_FAILED: "bad",
};

// An element with a class and children; a string becomes text.
function make(name, kind, ...children) {
  const element = document.createElement(name);
  if (kind) element.className = kind;
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const state = (code) => make("span", "state " + (TONES[code] ?? "idle"), code);
const quiet = (text) => make("p", "quiet", text);
const last = (arn) => String(arn).split("/").pop();

function block(title, children, empty) {
  return make("div", "", make("h4", "", title), ...(children.length ? children : [quiet(empty)]));
}

function link(url) {
  const anchor = make("a", "mono", url);
  anchor.href = url;
  anchor.rel = "noreferrer";
  return anchor;
}

function revision(one) {
  const bar = make("progress", "");
  bar.max = 100;
  bar.value = one.trafficWeight;
  bar.setAttribute("aria-label", "traffic of revision " + last(one.serviceRevisionArn));
  return make("div", "revision",
    make("p", "mono", one.image),
    make("div", "weight", bar, make("span", "percent", one.trafficWeight + " %")),
    quiet(one.runningTaskCount + " of " + one.requestedTaskCount + " tasks, revision " + last(one.serviceRevisionArn)));
}

function deployment(one) {
  const stage = one.isRunning && one.lifecycleStage ? make("span", "quiet", " " + one.lifecycleStage) : null;
  return make("div", "deployment",
    make("p", "", state(one.status), stage),
    one.statusReason ? quiet(one.statusReason) : null,
    make("p", "quiet mono", last(one.serviceDeploymentArn)));
}

function resource(one) {
  return make("li", "",
    one.resource, " ", state(one.status),
    one.statusReason ? quiet(one.statusReason) : null);
}

// The services whose ACTIVE resources somebody unfolded; they stay so when the page is drawn anew.
const unfolded = new Set();

// What is not ACTIVE is shown at once, the rest when it is asked for.
function resources(one) {
  const active = one.managedResources.filter((each) => each.status === "ACTIVE");
  const others = one.managedResources.filter((each) => each.status !== "ACTIVE");
  const parts = others.length ? [make("ul", "", ...others.map(resource))] : [];
  if (active.length) {
    const fold = make("details", "",
      make("summary", "", active.length + " ", state("ACTIVE")),
      make("ul", "", ...active.map(resource)));
    fold.open = unfolded.has(one.serviceArn);
    fold.addEventListener("toggle", () =>
      fold.open ? unfolded.add(one.serviceArn) : unfolded.delete(one.serviceArn));
    parts.push(fold);
  }
  return parts;
}

function service(one) {
  const customer = one.resourceManagementType === "CUSTOMER";
  return make("article", "card",
    make("div", "top",
      make("h3", "", one.serviceName), state(one.statusCode),
      make("span", "quiet", "cluster " + one.cluster + ", " + one.region + ", account " + one.account)),
    customer ? quiet("No Express service") : make("p", "", link(one.url)),
    customer ? null : make("div", "columns",
      block("Active revisions", one.activeRevisions.map(revision), "none yet"),
      block("Deployments", one.deployments.map(deployment), "none yet"),
      block("Managed resources", resources(one), "none yet")));
}

function callRow(one) {
  return make("tr", "",
    make("td", "", one.atText.slice(11, 19)),
    make("td", "", one.action),
    make("td", "", one.serviceName ?? ""),
    make("td", one.code ? "bad" : "good", one.code ?? "ok"),
    make("td", "", one.message ?? ""));
}

function callTable(calls) {
  const head = make("tr", "", ...["At", "Action", "Service", "Answer", "Message"].map((name) => make("th", "", name)));
  return make("div", "table", make("table", "", make("tbody", "", head, ...calls.map(callRow))));
}

async function ask(path) {
  const answer = await fetch("_emulator/" + path, { cache: "no-store" });
  if (!answer.ok) throw new Error(path + ": " + answer.status);
  return answer.json();
}

// What was drawn last, so that a page that does not change is left alone: a selection in it stays.
const drawn = new Map();

function draw(id, value, content) {
  const text = JSON.stringify(value);
  if (drawn.get(id) === text) return;
  drawn.set(id, text);
  document.getElementById(id).replaceChildren(...content);
}

async function refresh() {
  const clock = document.getElementById("clock");
  try {
    const [world, record] = await Promise.all([ask("services"), ask("calls?last=25")]);
    const services = world.services;
    draw("services", services, services.length ? services.map(service) : [quiet("No service yet. The first create shows here.")]);
    const calls = record.calls.reverse();
    draw("calls", calls, calls.length ? [callTable(calls)] : [quiet("No call yet.")]);
    clock.className = "";
    clock.textContent = world.nowText.replace("T", " ").replace("Z", " UTC") +
      (world.timeScale === 0 ? ", the clock stands" : ", " + world.timeScale + " virtual seconds per second");
  } catch {
    clock.className = "lost";
    clock.textContent = "the emulator does not answer; what is below is old";
  }
  setTimeout(refresh, 1000);
}

refresh();
