// Tests wait for conditions, with a deadline that only a broken server meets. Sanitizers make everything slower.
export const isSanitized = Boolean(process.env.RINGBACK_SANITIZER);
export const PATIENCE_MS = isSanitized ? 20_000 : 5_000;

export const delay = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export async function within(promise, what, ms = PATIENCE_MS) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${typeof what === "function" ? what() : what}: not within ${ms} ms`)),
      ms,
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

// Asks again and again until `probe` gives something true, and returns that.
export async function eventually(probe, what, ms = PATIENCE_MS) {
  for (const end = Date.now() + ms; ; await delay(10)) {
    const found = await probe();
    if (found) return found;
    if (Date.now() > end) throw new Error(`${typeof what === "function" ? what() : what}: not within ${ms} ms`);
  }
}
