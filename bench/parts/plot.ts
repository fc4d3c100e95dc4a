/** The data of a plot: lines over numbers, or bars over names. */
export type Plot = LinePlot | BarPlot

interface Common {
  /** File name without extension. */
  readonly name: string
  readonly title: string
  readonly yLabel: string
}

export interface LinePlot extends Common {
  readonly kind: 'lines'
  readonly xLabel: string
  readonly xScale: 'linear' | 'log'
  readonly series: readonly { readonly name: string; readonly points: readonly (readonly [number, number])[] }[]
  /** A level to compare with. */
  readonly target?: number
}

export interface BarPlot extends Common {
  readonly kind: 'bars'
  readonly bars: readonly { readonly name: string; readonly value: number; readonly target?: number }[]
}

const WIDTH = 720
const HEIGHT = 400
const LEFT = 76
const RIGHT = 24
const TOP = 64
const BOTTOM = 64
const INNER_WIDTH = WIDTH - LEFT - RIGHT
const INNER_HEIGHT = HEIGHT - TOP - BOTTOM
/** Distinguishable with colour blindness, on light and dark backgrounds. */
const COLOURS = 6

const STYLE = `
  svg { color-scheme: light dark; font: 13px system-ui, sans-serif; }
  .ground { fill: #ffffff; } .ink { fill: #1c1c1c; } .quiet { fill: #5c5c5c; }
  .grid { stroke: #d9d9d9; } .axis { stroke: #5c5c5c; } .target { stroke: #5c5c5c; stroke-dasharray: 5 4; fill: none; }
  .c0 { --c: #0b62a4; } .c1 { --c: #b3550a; } .c2 { --c: #1a7f5a; } .c3 { --c: #8a3b8f; } .c4 { --c: #8a6d00; } .c5 { --c: #b3261e; }
  .line { stroke: var(--c); stroke-width: 2; fill: none; } .dot, .bar { fill: var(--c); }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #16181b; } .ink { fill: #f0f0f0; } .quiet { fill: #b0b4ba; }
    .grid { stroke: #33373d; } .axis { stroke: #b0b4ba; } .target { stroke: #b0b4ba; }
    .c0 { --c: #6cb4ee; } .c1 { --c: #f2a65a; } .c2 { --c: #5fd0a5; } .c3 { --c: #d79bdb; } .c4 { --c: #e2c344; } .c5 { --c: #ff8a80; }
  }`

/** Draws an SVG for light and dark backgrounds. */
export function drawPlot(plot: Plot): string {
  const body = plot.kind === 'lines' ? drawLines(plot) : drawBars(plot)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${asXml(plot.title)}">`,
    `<style>${STYLE}</style>`,
    `<rect class="ground" width="${WIDTH}" height="${HEIGHT}"/>`,
    text(LEFT, 26, plot.title, 'ink', 'font-size="16" font-weight="600"'),
    text(
      18,
      TOP + INNER_HEIGHT / 2,
      plot.yLabel,
      'quiet',
      `text-anchor="middle" transform="rotate(-90 18 ${TOP + INNER_HEIGHT / 2})"`,
    ),
    body,
    '</svg>\n',
  ].join('\n')
}

function drawLines(plot: LinePlot): string {
  const xs = plot.series.flatMap(({ points }) => points.map(([x]) => x))
  const ys = [...plot.series.flatMap(({ points }) => points.map(([, y]) => y)), plot.target ?? 0]
  const top = niceCeiling(Math.max(...ys, 0))
  const isLinear = plot.xScale === 'linear'
  const left = isLinear ? 0 : Math.min(...xs)
  const right = isLinear ? niceCeiling(Math.max(...xs, 0)) : Math.max(...xs)
  const toScale = (x: number) => (isLinear ? x : Math.log10(x))
  const span = toScale(right) - toScale(left)
  const xAt = (x: number) => LEFT + (span === 0 ? 0.5 : (toScale(x) - toScale(left)) / span) * INNER_WIDTH
  const yAt = (y: number) => TOP + INNER_HEIGHT * (1 - y / top)
  const ticks = isLinear ? steps(left, right, 4) : [...new Set(xs)]

  const parts = [grid(top, yAt)]
  for (const x of ticks) parts.push(text(xAt(x), TOP + INNER_HEIGHT + 20, short(x), 'quiet', 'text-anchor="middle"'))
  parts.push(text(LEFT + INNER_WIDTH / 2, HEIGHT - 16, plot.xLabel, 'quiet', 'text-anchor="middle"'))
  if (plot.target !== undefined) parts.push(targetLine(LEFT, LEFT + INNER_WIDTH, yAt(plot.target)))
  plot.series.forEach(({ name, points }, index) => {
    const colour = `c${index % COLOURS}`
    const path = points.map(([x, y]) => `${round(xAt(x))},${round(yAt(y))}`).join(' ')
    parts.push(`<g class="${colour}"><polyline class="line" points="${path}"/>`)
    if (points.length <= 30)
      for (const [x, y] of points)
        parts.push(`<circle class="dot" cx="${round(xAt(x))}" cy="${round(yAt(y))}" r="3.5"/>`)
    parts.push(`<rect class="bar" x="${legendAt(plot, index)}" y="40" width="12" height="12" rx="2"/>`)
    parts.push(text(legendAt(plot, index) + 18, 51, name, 'ink'), '</g>')
  })
  return parts.join('\n')
}

function drawBars(plot: BarPlot): string {
  const top = niceCeiling(Math.max(0, ...plot.bars.flatMap(({ value, target }) => [value, target ?? 0])))
  const yAt = (y: number) => TOP + INNER_HEIGHT * (1 - y / top)
  const slot = INNER_WIDTH / Math.max(1, plot.bars.length)
  const width = Math.min(90, slot * 0.6)
  const parts = [grid(top, yAt)]
  plot.bars.forEach(({ name, value, target }, index) => {
    const middle = LEFT + slot * (index + 0.5)
    const y = yAt(value)
    parts.push(
      `<g class="c${index % COLOURS}"><rect class="bar" x="${round(middle - width / 2)}" y="${round(y)}" width="${round(width)}" height="${round(TOP + INNER_HEIGHT - y)}"/></g>`,
      text(middle, y - 6, short(value), 'ink', 'text-anchor="middle"'),
      text(middle, TOP + INNER_HEIGHT + 20, name, 'quiet', 'text-anchor="middle"'),
    )
    if (target !== undefined) parts.push(targetLine(middle - slot * 0.42, middle + slot * 0.42, yAt(target)))
  })
  if (plot.bars.some(({ target }) => target !== undefined))
    parts.push(targetLine(LEFT, LEFT + 24, 46), text(LEFT + 32, 51, 'target', 'quiet'))
  return parts.join('\n')
}

function grid(top: number, yAt: (y: number) => number): string {
  const lines = steps(0, top, 4).map(
    (y) =>
      `<line class="grid" x1="${LEFT}" x2="${LEFT + INNER_WIDTH}" y1="${round(yAt(y))}" y2="${round(yAt(y))}"/>` +
      text(LEFT - 8, yAt(y) + 4, short(y), 'quiet', 'text-anchor="end"'),
  )
  const base = TOP + INNER_HEIGHT
  return [...lines, `<line class="axis" x1="${LEFT}" x2="${LEFT + INNER_WIDTH}" y1="${base}" y2="${base}"/>`].join('\n')
}

function targetLine(from: number, to: number, y: number): string {
  return `<line class="target" x1="${round(from)}" x2="${round(to)}" y1="${round(y)}" y2="${round(y)}"/>`
}

function legendAt({ series }: LinePlot, index: number): number {
  return LEFT + series.slice(0, index).reduce((x, { name }) => x + 44 + name.length * 7, 0)
}

function text(x: number, y: number, words: string, colour: string, more = ''): string {
  return `<text class="${colour}" x="${round(x)}" y="${round(y)}" ${more}>${asXml(words)}</text>`
}

function steps(from: number, to: number, count: number): number[] {
  return Array.from({ length: count + 1 }, (_, index) => from + ((to - from) * index) / count)
}

/** 1, 2, 2.5, 4, 5, 8 or 10 times a power of ten, so that quarters are round numbers. */
function niceCeiling(value: number): number {
  if (!(value > 0)) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  const factor = [1, 2, 2.5, 4, 5, 8, 10].find((one) => one * power >= value * 1.02) ?? 20
  return factor * power
}

function short(value: number): string {
  if (Math.abs(value) >= 1e6) return `${round(value / 1e6)}M`
  if (Math.abs(value) >= 10_000) return `${round(value / 1e3)}k`
  return String(Math.abs(value) >= 100 ? Math.round(value) : round(value))
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}

function asXml(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
