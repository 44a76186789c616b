import { NotAcceptable } from '../../shared/http/errors.ts';
import { csv } from './csv.ts';
import type { Format } from './format.ts';
import { json } from './json.ts';
import { parquet } from './parquet.ts';

/** The first is what a caller gets who does not mind. */
const formats: readonly Format[] = [json, csv, parquet];

/**
 * The format that an Accept header (RFC 9110) prefers; JSON where none is preferred to it. Parquet only where it is
 * named first: the gateway looks at nothing else to decide whether it hands bytes on, or their base64.
 * @throws NotAcceptable
 */
export function chooseFormat(accept: string | undefined): Format {
  const ranges = (accept ?? '*/*').split(',').map(readRange);
  const weighed = formats
    .filter((format) => format !== parquet || ranges[0]?.type === parquet.mediaType)
    .map((format) => ({ format, weight: weightOf(format.mediaType, ranges) }));
  const best = Math.max(...weighed.map(({ weight }) => weight));
  const chosen = weighed.find(({ weight }) => weight === best);
  if (!chosen || best <= 0) {
    throw new NotAcceptable(
      `accept ${formats.map(({ mediaType }) => mediaType).join(' or ')}; the last one has to stand first`,
    );
  }
  return chosen.format;
}

interface MediaRange {
  readonly type: string;
  readonly weight: number;
}

function readRange(text: string): MediaRange {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice('q='.length);
  return { type, weight: weight === undefined ? 1 : Number(weight) || 0 };
}

/** Of the ranges that name a type the most exact one counts. */
function weightOf(mediaType: string, ranges: readonly MediaRange[]): number {
  const wildcards = [mediaType, `${mediaType.split('/')[0]}/*`, '*/*'];
  for (const wildcard of wildcards) {
    const matching = ranges.filter(({ type }) => type === wildcard);
    if (matching.length > 0) return Math.max(...matching.map(({ weight }) => weight));
  }
  return 0;
}
