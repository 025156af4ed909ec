import { readFile } from 'node:fs/promises'
import { crc32, deflateSync, inflateSync } from 'node:zlib'

/** Pixels, four octets each: red, green, blue, alpha. */
export type Picture = { readonly width: number; readonly height: number; readonly pixels: Uint8Array }
export type Point = { readonly x: number; readonly y: number }
/** A rectangle of one picture in another. */
export type Area = Point & { readonly width: number; readonly height: number }

/** How much each colour of a drawn pixel may differ from the drawing's: the browser blends edges. */
const TOLERANCE = 12
/** Pixels of a drawing that are fainter than this show what is behind them. */
const OPAQUE = 250

/** Reads a screen as the X server keeps it in memory: X window dump, version 7, 32 bits a pixel. */
export function readScreen(dump: Buffer): Picture {
  const headerSize = dump.readUInt32BE(0)
  const [width, height] = [dump.readUInt32BE(16), dump.readUInt32BE(20)]
  const littleEndian = dump.readUInt32BE(28) === 0
  if (dump.readUInt32BE(4) !== 7 || dump.readUInt32BE(44) !== 32) throw new Error('the screen is no dump of 32 bits a pixel')
  const bytesPerLine = dump.readUInt32BE(48)
  const start = headerSize + 12 * dump.readUInt32BE(76)
  const pixels = new Uint8Array(width * height * 4)
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const from = start + y * bytesPerLine + x * 4
      const pixel = littleEndian ? dump.readUInt32LE(from) : dump.readUInt32BE(from)
      pixels.set([(pixel >> 16) & 255, (pixel >> 8) & 255, pixel & 255, 255], (y * width + x) * 4)
    }
  }
  return { width, height, pixels }
}

/** Reads a drawing of this project: a PNG of 8 bits a colour with alpha, not interlaced (PNG, third edition, sections 7 and 9). */
export async function readPng(path: string): Promise<Picture> {
  const file = await readFile(path)
  const parts: Buffer[] = []
  for (let at = 8; at < file.length; at += 12 + file.readUInt32BE(at)) {
    if (file.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(file.subarray(at + 8, at + 8 + file.readUInt32BE(at)))
  }
  const [width, height] = [file.readUInt32BE(16), file.readUInt32BE(20)]
  if (file.readUInt32BE(24) !== 0x08060000 || file[28] !== 0) throw new Error(`${path} is no plain PNG with alpha`)
  const lines = inflateSync(Buffer.concat(parts))
  const pixels = new Uint8Array(width * height * 4)
  const stride = width * 4
  for (let y = 0; y < height; y += 1) {
    const filter = lines[y * (stride + 1)] ?? 0
    for (let i = 0; i < stride; i += 1) {
      const left = i < 4 ? 0 : (pixels[y * stride + i - 4] ?? 0)
      const up = y === 0 ? 0 : (pixels[(y - 1) * stride + i] ?? 0)
      const upLeft = i < 4 || y === 0 ? 0 : (pixels[(y - 1) * stride + i - 4] ?? 0)
      const raw = lines[y * (stride + 1) + 1 + i] ?? 0
      pixels[y * stride + i] = raw + predicted(filter, left, up, upLeft)
    }
  }
  return { width, height, pixels }
}

function predicted(filter: number, left: number, up: number, upLeft: number): number {
  switch (filter) {
    case 1:
      return left
    case 2:
      return up
    case 3:
      return (left + up) >> 1
    case 4: {
      const [a, b, c] = [Math.abs(up - upLeft), Math.abs(left - upLeft), Math.abs(left + up - 2 * upLeft)]
      return a <= b && a <= c ? left : b <= c ? up : upLeft
    }
    default:
      return 0
  }
}

/** A picture as a PNG, to look at when a test failed. */
export function writePng({ width, height, pixels }: Picture): Buffer {
  const lines = Buffer.alloc(height * (width * 4 + 1))
  for (let y = 0; y < height; y += 1) lines.set(pixels.subarray(y * width * 4, (y + 1) * width * 4), y * (width * 4 + 1) + 1)
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.writeUInt32BE(0x08060000, 8)
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(lines)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(name: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), data])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  check.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, check])
}

/** Where a drawing stands on a screen, whatever shows through it: the first place from the top. `lines`: nowhere but between these. */
export function findDrawing(
  screen: Picture,
  drawing: Picture,
  lines: { readonly top: number; readonly bottom: number } = { top: 0, bottom: screen.height },
): Area | undefined {
  const marks = [...opaquePixels(drawing)]
  if (marks.length < 20) throw new Error('so faint a drawing would be found everywhere')
  for (let y = lines.top; y + drawing.height <= lines.bottom; y += 1) {
    for (let x = 0; x + drawing.width <= screen.width; x += 1) {
      if (marks.every((mark) => isClose(screen, x + mark.x, y + mark.y, mark.colour))) {
        return { x, y, width: drawing.width, height: drawing.height }
      }
    }
  }
  return undefined
}

function* opaquePixels({ width, height, pixels }: Picture): Iterable<Point & { readonly colour: Uint8Array }> {
  for (let i = 0; i < width * height; i += 1) {
    const colour = pixels.subarray(i * 4, i * 4 + 4)
    if ((colour[3] ?? 0) >= OPAQUE) yield { x: i % width, y: Math.floor(i / width), colour }
  }
}

function isClose({ width, pixels }: Picture, x: number, y: number, colour: Uint8Array): boolean {
  const at = (y * width + x) * 4
  for (let i = 0; i < 3; i += 1) if (Math.abs((pixels[at + i] ?? 0) - (colour[i] ?? 0)) > TOLERANCE) return false
  return true
}

/** Runs of one and the same colour along a line of a screen, at least `shortest` and at most `longest` pixels long. */
export function runsAlong(screen: Picture, y: number, shortest: number, longest: number): readonly Run[] {
  const runs: Run[] = []
  let start = 0
  for (let x = 1; x <= screen.width; x += 1) {
    if (x < screen.width && colourAt(screen, x, y) === colourAt(screen, start, y)) continue
    if (x - start >= shortest && x - start <= longest)
      runs.push({ x: start, y, width: x - start, height: 1, colour: colourAt(screen, start, y) })
    start = x
  }
  return runs
}

export type Run = Area & { readonly colour: number }

export function middleOf({ x, y, width, height }: Area): Point {
  return { x: Math.floor(x + width / 2), y: Math.floor(y + height / 2) }
}

/** A pixel's colour as one number, as HTML writes it. */
export function colourAt({ width, pixels }: Picture, x: number, y: number): number {
  const at = (y * width + x) * 4
  return ((pixels[at] ?? 0) << 16) | ((pixels[at + 1] ?? 0) << 8) | (pixels[at + 2] ?? 0)
}
