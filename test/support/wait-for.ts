/** Polls every few milliseconds until the condition holds; fails with the sentence after `limitMs` of real time. */
export async function waitFor(
  condition: () => boolean | Promise<boolean>,
  sentence: string | (() => string),
  limitMs = 30_000,
): Promise<void> {
  const end = performance.now() + limitMs
  while (!(await condition())) {
    if (performance.now() > end)
      throw new Error(`waited ${limitMs} ms for: ${typeof sentence === 'string' ? sentence : sentence()}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
