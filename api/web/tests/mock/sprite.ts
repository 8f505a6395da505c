import { crc32, deflateSync } from 'node:zlib'

/** Three images side by side, 32 px each: enough to see that icons are cut from the sheet and not guessed. */
const sizePx = 32
const images = ['toilet', 'ramp', 'hatch'] as const
type Rgba = [red: number, green: number, blue: number, alpha: number]
const clear: Rgba = [0, 0, 0, 0]

export function spriteIndex(pixelRatio: number): unknown {
  return Object.fromEntries(images.map((name, i) => [name, { x: i * sizePx, y: 0, width: sizePx, height: sizePx, pixelRatio }]))
}

export function spriteSheet(): Buffer {
  const width = sizePx * images.length
  const bytes = Buffer.alloc((width * 4 + 1) * sizePx)
  for (let y = 0; y < sizePx; y++) {
    for (let x = 0; x < width; x++) bytes.set(pixel(images[Math.floor(x / sizePx)], x % sizePx, y), y * (width * 4 + 1) + 1 + x * 4)
  }
  return png(width, sizePx, bytes)
}

function pixel(name: (typeof images)[number] | undefined, x: number, y: number): Rgba {
  const distance = Math.hypot(x - 15.5, y - 15.5)
  switch (name) {
    case 'toilet': return distance < 9 ? [255, 255, 255, 255] : distance < 15 ? [11, 138, 143, 255] : clear
    case 'ramp': return y > x && y < 28 && x > 4 ? [122, 79, 208, 255] : clear
    default: return (x + y) % 16 < 4 ? [224, 138, 11, 255] : clear
  }
}

function png(width: number, height: number, raw: Buffer): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 6, 0, 0, 0], 8)
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', header), chunk('IDAT', deflateSync(raw)), chunk('IEND', Buffer.alloc(0))])
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const out = Buffer.alloc(body.length + 8)
  out.writeUInt32BE(data.length, 0)
  body.copy(out, 4)
  out.writeUInt32BE(crc32(body), body.length + 4)
  return out
}
