/** Acts at most once in `everyMs`, however often it is called. `now` is ms UTC; a clock that was set back counts as well. */
export function throttle(everyMs: number, act: (now: number) => void): (now: number) => void {
  let last = Number.NEGATIVE_INFINITY
  return (now) => {
    if (Math.abs(now - last) < everyMs) return
    last = now
    act(now)
  }
}
