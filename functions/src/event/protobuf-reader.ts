/** Reads a message in protobuf's wire format (https://protobuf.dev/programming-guides/encoding), front to back. */
export class ProtobufReader {
  readonly #bytes: Buffer;
  #at = 0;
  #wireType = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get length(): number {
    return this.#bytes.length;
  }

  get position(): number {
    return this.#at;
  }

  /** Whether there is more of the message that ends at `end`. */
  isBefore(end: number): boolean {
    if (this.#at > end) throw new Error('a field is longer than its message');
    return this.#at < end;
  }

  /** The number of the field that begins here; its value is to be read next, or skipped. */
  field(): number {
    const tag = this.integer();
    this.#wireType = tag % 8;
    return Math.floor(tag / 8);
  }

  /** Where the nested message ends that begins here. */
  message(): number {
    const length = this.integer();
    const end = this.#at + length;
    if (length < 0 || end > this.#bytes.length) throw new Error('a field is longer than the whole');
    return end;
  }

  bytes(): Buffer {
    const end = this.message();
    const bytes = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }

  text(): string {
    const end = this.message();
    const text = this.#bytes.toString('utf8', this.#at, end);
    this.#at = end;
    return text;
  }

  double(): number {
    const value = this.#bytes.readDoubleLE(this.#at);
    this.#at += 8;
    return value;
  }

  /** A whole number; beyond 2⁵³ it is the nearest that there is, as with Google's clients. */
  integer(): number {
    const first = this.#byteAt(this.#at);
    if (first < 0x80) {
      this.#at += 1;
      return first;
    }
    let value = 0;
    let scale = 1;
    // So many groups of 7 bits are exact in any case.
    for (let at = this.#at; at < this.#at + 7; at++) {
      const byte = this.#byteAt(at);
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        this.#at = at + 1;
        return value;
      }
      scale *= 0x80;
    }
    return this.#longInteger();
  }

  skip(): void {
    if (this.#wireType === 0) this.integer();
    else if (this.#wireType === 1) this.#at += 8;
    else if (this.#wireType === 2) this.#at = this.message();
    else if (this.#wireType === 5) this.#at += 4;
    else throw new Error(`there is no wire type ${this.#wireType}`);
  }

  /** Skips what comes next, and tells so, if it is the very same as what lies somewhere else. */
  skipSame(at: number, length: number): boolean {
    const end = this.#at + length;
    if (end > this.#bytes.length || this.#bytes.compare(this.#bytes, at, at + length, this.#at, end) !== 0)
      return false;
    this.#at = end;
    return true;
  }

  /** Negative numbers are written as the 64 bits of their two's complement. */
  #longInteger(): number {
    let value = 0n;
    for (let group = 0n; group < 10n; group++) {
      const byte = this.#byteAt(this.#at++);
      value |= BigInt(byte & 0x7f) << (7n * group);
      if (byte < 0x80) return Number(BigInt.asIntN(64, value));
    }
    throw new Error('a number is too long');
  }

  #byteAt(at: number): number {
    const byte = this.#bytes[at];
    if (byte === undefined) throw new Error('the message ends within a number');
    return byte;
  }
}
