// How well the media travel, read from RTCPeerConnection.getStats().

export type Route = "direct" | "relay";

// Counters since the connection began.
export interface Reading {
  at: number; // milliseconds
  bytesReceived: number;
  bytesSent: number;
  packetsReceived: number;
  packetsLost: number;
  roundTripMs: number | null;
  route: Route | null;
}

// What happened between two readings. Null where nothing can be said.
export interface Sample {
  roundTripMs: number | null;
  receivedKbps: number;
  sentKbps: number;
  lossPercent: number | null;
}

export const SAMPLES_KEPT = 60;

type Stats = Record<string, unknown> & { id: string; type: string };

export function readStats(report: Iterable<Stats>, at: number): Reading {
  const stats = [...report];
  const inbound = stats.filter(({ type }) => type === "inbound-rtp");
  const outbound = stats.filter(({ type }) => type === "outbound-rtp");
  const pair = selectedPair(stats);
  const roundTrip = pair?.["currentRoundTripTime"];
  return {
    at,
    bytesReceived: sum(inbound, "bytesReceived"),
    bytesSent: sum(outbound, "bytesSent"),
    packetsReceived: sum(inbound, "packetsReceived"),
    packetsLost: sum(inbound, "packetsLost"),
    roundTripMs: typeof roundTrip === "number" ? roundTrip * 1000 : null,
    route: pair ? routeOf(stats, pair) : null,
  };
}

function selectedPair(stats: Stats[]): Stats | undefined {
  const ids = stats.filter(({ type }) => type === "transport").map((each) => each["selectedCandidatePairId"]);
  return stats.find(({ id, type }) => type === "candidate-pair" && ids.includes(id));
}

// One relayed end is enough.
function routeOf(stats: Stats[], pair: Stats): Route {
  const ends = [pair["localCandidateId"], pair["remoteCandidateId"]];
  return stats.some((each) => ends.includes(each.id) && each["candidateType"] === "relay") ? "relay" : "direct";
}

function sum(stats: Stats[], key: string): number {
  return stats.reduce((total, each) => total + (typeof each[key] === "number" ? each[key] : 0), 0);
}

// Null when no time has passed, or when the readings are of two connections: counters only grow.
export function sampleOf(before: Reading, now: Reading): Sample | null {
  const ms = now.at - before.at;
  if (ms <= 0 || now.bytesReceived < before.bytesReceived || now.bytesSent < before.bytesSent) return null;
  const lost = Math.max(0, now.packetsLost - before.packetsLost);
  const expected = lost + Math.max(0, now.packetsReceived - before.packetsReceived);
  return {
    roundTripMs: now.roundTripMs,
    receivedKbps: ((now.bytesReceived - before.bytesReceived) * 8) / ms,
    sentKbps: ((now.bytesSent - before.bytesSent) * 8) / ms,
    lossPercent: expected === 0 ? null : (lost * 100) / expected,
  };
}

// The points of a line through the values, newest at the right edge; a gap where there is no value.
export function pointsOf(values: (number | null)[], width: number, height: number, least: number): string[] {
  const highest = Math.max(least, ...values.map((value) => value ?? 0));
  const step = width / (SAMPLES_KEPT - 1);
  const lines: string[][] = [[]];
  values.forEach((value, index) => {
    if (value === null) return void lines.push([]);
    const x = width - (values.length - 1 - index) * step;
    const y = height - (value / highest) * height;
    lines.at(-1)?.push(`${x.toFixed(1)},${y.toFixed(1)}`);
  });
  return lines.filter((line) => line.length > 1).map((line) => line.join(" "));
}

export const figures = {
  roundTrip: ({ roundTripMs }: Sample): string => (roundTripMs === null ? "–" : `${Math.round(roundTripMs)} ms`),
  bitrate: ({ receivedKbps, sentKbps }: Sample): string => `↓ ${rate(receivedKbps)} ↑ ${rate(sentKbps)}`,
  loss: ({ lossPercent }: Sample): string => (lossPercent === null ? "–" : `${lossPercent.toFixed(1)} %`),
};

function rate(kbps: number): string {
  return kbps < 1000 ? `${Math.round(kbps)} kbit/s` : `${(kbps / 1000).toFixed(1)} Mbit/s`;
}

// The graph in words.
export function spokenQuality(sample: Sample): string {
  const { roundTripMs, receivedKbps, sentKbps, lossPercent } = sample;
  return [
    roundTripMs === null ? "Round trip unknown" : `Round trip ${Math.round(roundTripMs)} milliseconds`,
    `receiving ${Math.round(receivedKbps)}, sending ${Math.round(sentKbps)} kilobits per second`,
    lossPercent === null ? "loss unknown" : `loss ${lossPercent.toFixed(1)} percent`,
  ].join(", ");
}
