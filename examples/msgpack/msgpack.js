// MessagePack, as much of it as JSON and bytes need. A real application takes `@msgpack/msgpack`.

const text = new TextEncoder();
const read = new TextDecoder("utf-8", { fatal: true });

export function encode(value) {
  const bytes = [];
  write(value, bytes);
  return Uint8Array.from(bytes).buffer;
}

function write(value, out) {
  if (value === null || value === undefined) out.push(0xc0);
  else if (typeof value === "boolean") out.push(value ? 0xc3 : 0xc2);
  else if (typeof value === "number") number(value, out);
  else if (typeof value === "string") {
    const bytes = text.encode(value);
    if (bytes.length < 32) out.push(0xa0 | bytes.length);
    else size(bytes.length, [0xd9, 0xda, 0xdb], out);
    bytes.forEach((byte) => out.push(byte));
  } else if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
    const bytes = value instanceof ArrayBuffer ? new Uint8Array(value) : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    size(bytes.length, [0xc4, 0xc5, 0xc6], out);
    bytes.forEach((byte) => out.push(byte));
  } else if (Array.isArray(value)) {
    if (value.length < 16) out.push(0x90 | value.length);
    else size(value.length, [undefined, 0xdc, 0xdd], out);
    value.forEach((item) => write(item, out));
  } else {
    const entries = Object.entries(value);
    if (entries.length < 16) out.push(0x80 | entries.length);
    else size(entries.length, [undefined, 0xde, 0xdf], out);
    entries.forEach(([key, item]) => { write(key, out); write(item, out); });
  }
}

function number(value, out) {
  if (Number.isInteger(value) && value >= 0 && value < 128) out.push(value);
  else if (Number.isInteger(value) && value < 0 && value >= -32) out.push(value + 256);
  else if (Number.isInteger(value) && value >= 0 && value < 2 ** 32) size(value, [0xcc, 0xcd, 0xce], out);
  else {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, value);
    out.push(0xcb, ...new Uint8Array(view.buffer));
  }
}

/** A number in 1, 2 or 4 bytes, behind the mark of that length. */
function size(length, [one, two, four], out) {
  if (length < 256 && one !== undefined) out.push(one, length);
  else if (length < 65536) out.push(two, length >> 8, length & 255);
  else out.push(four, length >>> 24, (length >> 16) & 255, (length >> 8) & 255, length & 255);
}

export function decode(buffer) {
  const view = new DataView(buffer);
  let at = 0;
  const take = (length) => { at += length; return at - length; };
  const bytes = (length) => new Uint8Array(buffer.slice(take(length), at));
  const string = (length) => read.decode(bytes(length));
  const array = (length) => Array.from({ length }, next);
  const map = (length) => Object.fromEntries(Array.from({ length }, () => [next(), next()]));
  const unsigned = [() => view.getUint8(take(1)), () => view.getUint16(take(2)), () => view.getUint32(take(4))];

  function next() {
    const mark = view.getUint8(take(1));
    if (mark < 0x80) return mark;
    if (mark < 0x90) return map(mark & 15);
    if (mark < 0xa0) return array(mark & 15);
    if (mark < 0xc0) return string(mark & 31);
    if (mark >= 0xe0) return mark - 256;
    switch (mark) {
      case 0xc0: return null;
      case 0xc2: return false;
      case 0xc3: return true;
      case 0xc4: case 0xc5: case 0xc6: return bytes(unsigned[mark - 0xc4]()).buffer;
      case 0xca: return view.getFloat32(take(4));
      case 0xcb: return view.getFloat64(take(8));
      case 0xcc: case 0xcd: case 0xce: return unsigned[mark - 0xcc]();
      case 0xcf: return Number(view.getBigUint64(take(8)));
      case 0xd0: return view.getInt8(take(1));
      case 0xd1: return view.getInt16(take(2));
      case 0xd2: return view.getInt32(take(4));
      case 0xd3: return Number(view.getBigInt64(take(8)));
      case 0xd9: case 0xda: case 0xdb: return string(unsigned[mark - 0xd9]());
      case 0xdc: case 0xdd: return array(unsigned[mark - 0xdb]());
      case 0xde: case 0xdf: return map(unsigned[mark - 0xdd]());
      default: throw new Error(`no MessagePack: ${mark}`);
    }
  }
  return next();
}

/** The options of Phoenix's `Socket`: its messages are arrays, as in version 2. */
export const options = {
  vsn: "3.0.0",
  encode: ({ join_ref, ref, topic, event, payload }, done) => done(encode([join_ref, ref, topic, event, payload])),
  decode: (raw, done) => {
    const [join_ref, ref, topic, event, payload] = decode(raw);
    done({ join_ref, ref, topic, event, payload });
  },
};
