import assert from "node:assert/strict";
import { test } from "node:test";
import { figures, pointsOf, readStats, sampleOf, SAMPLES_KEPT, spokenQuality } from "../src/peer/quality";

const report = (localType: string, more: object = {}) => [
  { id: "T", type: "transport", selectedCandidatePairId: "P1" },
  { id: "P0", type: "candidate-pair", currentRoundTripTime: 9, localCandidateId: "X", remoteCandidateId: "R" },
  { id: "P1", type: "candidate-pair", currentRoundTripTime: 0.042, localCandidateId: "L", remoteCandidateId: "R" },
  { id: "L", type: "local-candidate", candidateType: localType },
  { id: "R", type: "remote-candidate", candidateType: "host" },
  { id: "I1", type: "inbound-rtp", kind: "audio", bytesReceived: 1000, packetsReceived: 90, packetsLost: 10 },
  { id: "I2", type: "inbound-rtp", kind: "video", bytesReceived: 2000, packetsReceived: 10 },
  { id: "O1", type: "outbound-rtp", kind: "audio", bytesSent: 500, ...more },
];

test("a reading adds up the streams, and takes the round trip of the selected pair", () => {
  assert.deepEqual(readStats(report("host"), 7), {
    at: 7,
    bytesReceived: 3000,
    bytesSent: 500,
    packetsReceived: 100,
    packetsLost: 10,
    roundTripMs: 42,
    route: "direct",
  });
  assert.equal(readStats(report("relay"), 7).route, "relay");
  assert.deepEqual([readStats([], 0).route, readStats([], 0).roundTripMs], [null, null]);
});

test("a sample is what happened since the reading before", () => {
  const before = readStats([], 0);
  const sample = sampleOf(before, readStats(report("host"), 1000));
  assert.ok(sample);
  assert.deepEqual(
    [sample.roundTripMs, sample.receivedKbps, sample.sentKbps, sample.lossPercent?.toFixed(2)],
    [42, 24, 4, "9.09"],
  );
  assert.equal(figures.roundTrip(sample), "42 ms");
  assert.equal(figures.bitrate({ ...sample, sentKbps: 2345 }), "↓ 24 kbit/s ↑ 2.3 Mbit/s");
  assert.equal(figures.loss(sample), "9.1 %");
  assert.equal(
    spokenQuality(sample),
    "Round trip 42 milliseconds, receiving 24, sending 4 kilobits per second, loss 9.1 percent",
  );
});

test("nothing is said of loss without packets, nor of two connections or no time at all", () => {
  const reading = readStats(report("host"), 1000);
  assert.equal(sampleOf(reading, { ...reading, at: 2000 })?.lossPercent, null);
  assert.equal(sampleOf(reading, reading), null);
  assert.equal(sampleOf(reading, { ...readStats([], 2000) }), null);
  const still = sampleOf({ ...reading, at: 0 }, { ...reading, roundTripMs: null });
  assert.ok(still);
  assert.equal(spokenQuality(still), "Round trip unknown, receiving 0, sending 0 kilobits per second, loss unknown");
});

test("lines end at the right edge, keep within the picture, and have gaps", () => {
  const width = SAMPLES_KEPT - 1; // a step is 1
  assert.deepEqual(pointsOf([0, 5, 20], width, 10, 10), ["57.0,10.0 58.0,7.5 59.0,0.0"]);
  assert.deepEqual(pointsOf([1, 1], width, 10, 10), ["58.0,9.0 59.0,9.0"]);
  assert.deepEqual(pointsOf([10, 10, null, 10, 10], width, 10, 10), ["55.0,0.0 56.0,0.0", "58.0,0.0 59.0,0.0"]);
  assert.deepEqual(pointsOf([], width, 10, 10), []);
});
