/**
 * Points of several series as JSON, written digit by digit: a week of eight series by the minute is 160,000 numbers, and as
 * arrays of arrays they take several times as long.
 */

/** the longest that two numbers and their signs can be */
const LONGEST = 64;
const [OPEN, CLOSE, COMMA, DOT, MINUS, ZERO] = [0x5b, 0x5d, 0x2c, 0x2e, 0x2d, 0x30] as const;
const PLACES = 10_000;
/** up to here a number is written by hand */
const EXACT = 2 ** 52;

export class SeriesText {
  #bytes = Buffer.allocUnsafe(64 * 1024);
  #at = 0;
  #isFirst = true;

  constructor(before: string) {
    this.#put(`${before}{`);
  }

  /** The points come by `add`: milliseconds since the epoch and a finite value, of four places at most. */
  series(name: string, fill: (add: (at: number, value: number) => void) => void): void {
    this.#put(`${this.#isFirst ? "" : ","}${JSON.stringify(name)}:[`);
    this.#isFirst = false;
    let count = 0;
    fill((at, value) => {
      this.#room(LONGEST);
      if (count > 0) this.#bytes[this.#at++] = COMMA;
      count += 1;
      this.#bytes[this.#at++] = OPEN;
      this.#whole(at);
      this.#bytes[this.#at++] = COMMA;
      this.#number(value);
      this.#bytes[this.#at++] = CLOSE;
    });
    this.#put("]");
  }

  end(after: string): Buffer<ArrayBuffer> {
    this.#put(`}${after}`);
    return this.#bytes.subarray(0, this.#at);
  }

  #number(value: number): void {
    const size = Math.abs(value);
    if (size >= EXACT) {
      this.#put(JSON.stringify(value));
      return;
    }
    if (value < 0) this.#bytes[this.#at++] = MINUS;
    if (Number.isInteger(size)) {
      this.#whole(size);
      return;
    }
    const scaled = Math.round(size * PLACES);
    const whole = Math.floor(scaled / PLACES);
    this.#whole(whole);
    let rest = scaled - whole * PLACES;
    if (rest === 0) return;
    this.#bytes[this.#at++] = DOT;
    for (let unit = PLACES / 10; rest > 0; unit /= 10) {
      const digit = Math.floor(rest / unit);
      this.#bytes[this.#at++] = ZERO + digit;
      rest -= digit * unit;
    }
  }

  /** Not negative. */
  #whole(value: number): void {
    if (value >= 1e9) {
      const high = Math.floor(value / 1e9);
      this.#whole(high);
      this.#digits((value - high * 1e9) | 0, 9);
    } else this.#digits(value | 0, 0);
  }

  #digits(value: number, least: number): void {
    let count = 1;
    for (let power = 10; count < 10 && value >= power; power *= 10) count += 1;
    count = Math.max(count, least);
    for (let left = value, at = this.#at + count - 1; at >= this.#at; at -= 1) {
      const next = (left / 10) | 0;
      this.#bytes[at] = ZERO + left - next * 10;
      left = next;
    }
    this.#at += count;
  }

  #put(text: string): void {
    this.#room(text.length * 4);
    this.#at += this.#bytes.write(text, this.#at);
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + bytes));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}
