import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** A checksum that grows with the bytes it is shown. */
export interface Checksum {
  update(bytes: Buffer): void;
  /** In base64, as S3's headers have it. */
  digest(): string;
}

const algorithms: Readonly<Record<string, () => Checksum>> = {
  crc32: () => createCrc32((bytes, value) => crc32(bytes, value)),
  crc32c: () => createCrc32(crc32c),
  crc64nvme: createCrc64Nvme,
  sha1: () => createDigest('sha1'),
  sha256: () => createDigest('sha256'),
  md5: () => createDigest('md5'),
};

/** `crc32`, `crc32c`, `crc64nvme`, `sha1`, `sha256` or `md5`; undefined for others. */
export function createChecksum(algorithm: string): Checksum | undefined {
  return Object.hasOwn(algorithms, algorithm) ? algorithms[algorithm]?.() : undefined;
}

function createDigest(algorithm: string): Checksum {
  const hash = createHash(algorithm);
  return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('base64') };
}

function createCrc32(next: (bytes: Buffer, value: number) => number): Checksum {
  let value = 0;
  return {
    update(bytes) {
      value = next(bytes, value);
    },
    digest() {
      const result = Buffer.alloc(4);
      result.writeUInt32BE(value);
      return result.toString('base64');
    },
  };
}

/** CRC-32C (Castagnoli), reflected polynomial. */
const castagnoli = 0x82f63b78;
const castagnoliTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ castagnoli : value >>> 1;
  return value;
});

function crc32c(bytes: Buffer, before: number): number {
  let value = ~before;
  for (const byte of bytes) value = castagnoliTable[(value ^ byte) & 0xff]! ^ (value >>> 8);
  return ~value >>> 0;
}

/** CRC-64/NVME, reflected polynomial; kept in two halves, since JavaScript's bit operations have 32 bits. */
const nvme = 0x9a6c9329ac4bc9b5n;
const nvmeTable = Array.from({ length: 256 }, (_, byte) => {
  let value = BigInt(byte);
  for (let bit = 0; bit < 8; bit++) value = value & 1n ? (value >> 1n) ^ nvme : value >> 1n;
  return value;
});
const nvmeHigh = Uint32Array.from(nvmeTable, (value) => Number(value >> 32n));
const nvmeLow = Uint32Array.from(nvmeTable, (value) => Number(value & 0xffffffffn));

function createCrc64Nvme(): Checksum {
  let high = 0xffffffff;
  let low = 0xffffffff;
  return {
    update(bytes) {
      for (const byte of bytes) {
        const index = (low ^ byte) & 0xff;
        low = ((low >>> 8) | (high << 24)) ^ nvmeLow[index]!;
        high = (high >>> 8) ^ nvmeHigh[index]!;
      }
    },
    digest() {
      const result = Buffer.alloc(8);
      result.writeUInt32BE(~high >>> 0);
      result.writeUInt32BE(~low >>> 0, 4);
      return result.toString('base64');
    },
  };
}
