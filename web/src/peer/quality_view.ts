import { el, svg, write } from "../page/dom";
import { figures, pointsOf, spokenQuality, type Sample } from "./quality";

const WIDTH = 120;
const HEIGHT = 32;

interface Line {
  values(sample: Sample): number | null;
  tone: string;
}

// The last minute of a call: three small graphs with their newest figures.
export function qualityView() {
  const parts = [
    graph("Round trip", figures.roundTrip, 10, [{ tone: "a", values: (sample) => sample.roundTripMs }]),
    graph("Bitrate", figures.bitrate, 64, [
      { tone: "a", values: (sample) => sample.receivedKbps },
      { tone: "b", values: (sample) => sample.sentKbps },
    ]),
    graph("Loss", figures.loss, 5, [{ tone: "a", values: (sample) => sample.lossPercent }]),
  ];
  const element = el("div", { class: "quality", role: "img" }, ...parts.map((part) => part.element));
  const show = (samples: readonly Sample[]): void => {
    const newest = samples.at(-1);
    element.setAttribute("aria-label", `Quality: ${newest ? spokenQuality(newest) : "not measured yet"}`);
    for (const part of parts) part.show(samples);
  };
  show([]);
  return { element, show };
}

function graph(title: string, figure: (sample: Sample) => string, least: number, lines: Line[]) {
  const value = el("span", { class: "quality-value" }, "–");
  const picture = svg("svg", {
    class: "quality-graph",
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    preserveAspectRatio: "none",
  });
  const show = (samples: readonly Sample[]): void => {
    const newest = samples.at(-1);
    write(value, newest ? figure(newest) : "–");
    picture.replaceChildren(
      ...lines.flatMap(({ tone, values }) =>
        pointsOf(samples.map(values), WIDTH, HEIGHT, least).map((points) =>
          svg("polyline", { class: `quality-line quality-line-${tone}`, points }),
        ),
      ),
    );
  };
  const element = el("div", { class: "quality-part" }, el("span", { class: "quality-title" }, title), value, picture);
  return { element, show };
}
