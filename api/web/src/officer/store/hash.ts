/** A random UUID, version 4. crypto.randomUUID belongs to secure pages, and a bureau's is often plain http. */
export function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = toHex(bytes)
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** SHA-256 in hexadecimal, by the browser where the page is secure, else by ourselves. */
export async function sha256(data: ArrayBuffer): Promise<string> {
  const subtle = (globalThis.crypto as Partial<Crypto>).subtle
  return toHex(subtle ? new Uint8Array(await subtle.digest('SHA-256', data)) : digest(new Uint8Array(data)))
}

function toHex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

const blockBytes = 64
const rounds = constants()

/** SHA-256 as FIPS 180-4 has it. */
export function digest(data: Uint8Array): Uint8Array {
  const state = new Uint32Array(rounds.start)
  const schedule = new Uint32Array(64)
  const padded = pad(data)
  const whole = data.length - (data.length % blockBytes)
  for (let at = 0; at < whole; at += blockBytes) mix(state, schedule, data, at)
  for (let at = 0; at < padded.length; at += blockBytes) mix(state, schedule, padded, at)
  const out = new DataView(new ArrayBuffer(32))
  state.forEach((word, i) => { out.setUint32(i * 4, word) })
  return new Uint8Array(out.buffer)
}

/** What follows the last whole block: the rest, a one, zeros, the length in bits. */
function pad(data: Uint8Array): Uint8Array {
  const rest = data.subarray(data.length - (data.length % blockBytes))
  const padded = new Uint8Array(rest.length + 9 <= blockBytes ? blockBytes : 2 * blockBytes)
  padded.set(rest)
  padded[rest.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setUint32(padded.length - 8, Math.floor(data.length / 2 ** 29))
  view.setUint32(padded.length - 4, data.length * 8)
  return padded
}

const turn = (word: number, by: number): number => (word >>> by) | (word << (32 - by))

function mix(state: Uint32Array, w: Uint32Array, data: Uint8Array, at: number): void {
  const view = new DataView(data.buffer, data.byteOffset + at, blockBytes)
  for (let i = 0; i < 16; i++) w[i] = view.getUint32(i * 4)
  for (let i = 16; i < 64; i++) {
    const early = w[i - 15] ?? 0, late = w[i - 2] ?? 0
    w[i] = (w[i - 16] ?? 0) + (turn(early, 7) ^ turn(early, 18) ^ (early >>> 3)) + (w[i - 7] ?? 0) + (turn(late, 17) ^ turn(late, 19) ^ (late >>> 10))
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state
  for (let i = 0; i < 64; i++) {
    const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + (rounds.each[i] ?? 0) + (w[i] ?? 0)) | 0
    const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0
  }
  for (const [i, word] of [a, b, c, d, e, f, g, h].entries()) state[i] = (state[i] ?? 0) + word
}

/** The first 32 bits of the fractional parts of the square roots of the first 8 primes, and of the cube roots of the first 64. */
function constants(): { start: Uint32Array; each: Uint32Array } {
  const start = new Uint32Array(8), each = new Uint32Array(64)
  const bits = (x: number) => Math.floor((x - Math.floor(x)) * 2 ** 32)
  const primes: number[] = []
  for (let n = 2; primes.length < 64; n++) {
    if (primes.some((prime) => n % prime === 0)) continue
    if (primes.length < 8) start[primes.length] = bits(Math.sqrt(n))
    each[primes.length] = bits(Math.cbrt(n))
    primes.push(n)
  }
  return { start, each }
}
