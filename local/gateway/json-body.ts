import { isUtf8 } from 'node:buffer';
import { parseExactJson } from './exact-json.ts';
import type { JsonNode } from './exact-json.ts';

/** Levels that models look at and templates take apart in most requests; what lies deeper is read over. */
export const BODY_LEVELS = 2;

/** The body of a request, decoded and read as JSON once for all who ask. */
export class JsonBody {
  private readonly bytes: Buffer;
  private decoded: string | undefined;
  private parsed: JsonNode | undefined;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  get text(): string {
    return (this.decoded ??= this.bytes.toString('utf8'));
  }

  /** Throws InvalidJson. */
  get tree(): JsonNode {
    const { bytes } = this;
    return (this.parsed ??= parseExactJson(this.text, isUtf8(bytes) ? { bytes, levels: BODY_LEVELS } : undefined));
  }

  /** Keeps neither text nor tree any longer: whoever asks again has them made again. */
  forget(): void {
    this.decoded = undefined;
    this.parsed = undefined;
  }
}
