import type { DeployedStack } from './cloud-stacks.ts';
import type { CloudStreams } from './cloud-streams.ts';
import { judgeStream, type StreamState, type Verdict } from './judge-stream.ts';
import type { LeavingStream } from './plan-keep.ts';

/** A stream that nobody should use any more: it was replaced, and may still hold records. */
export interface OldStream {
  readonly stream: StreamState;
  readonly verdict: Verdict;
  /** Where it stands in a deployed stack; undefined for one that CloudFormation has let go. */
  readonly leaving: LeavingStream | undefined;
}

export interface OldStreamsDeps {
  readonly streams: CloudStreams;
  readonly confirm: (question: string) => Promise<boolean>;
  readonly print: (line: string) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Every stream of the workload but those that are in use, with what is known of it. */
export async function findOldStreams(
  workload: string,
  deployed: readonly DeployedStack[],
  leaving: readonly LeavingStream[],
  { streams, now }: OldStreamsDeps,
): Promise<readonly OldStream[]> {
  const ingestion = deployed.find(({ name }) => name === `${workload}-ingestion`);
  if (ingestion === undefined) return [];
  const superseded = leaving.filter(({ isSuperseded }) => isSuperseded);
  const placeOf = new Map(superseded.map((one) => [ingestion.physicalIds.get(one.logicalId), one] as const));
  const inUse = new Set([...ingestion.physicalIds.values()].filter((name) => !placeOf.has(name)));
  const all = await streams.find(ingestion.name, workload);
  return all
    .filter(({ name }) => !inUse.has(name))
    .map((stream) => ({ stream, verdict: judgeStream(stream, all, now()), leaving: placeOf.get(stream.name) }));
}

/** Asks about each old stream that is drained whether it may go; the others stay. */
export async function chooseDeletions(
  old: readonly OldStream[],
  { confirm }: OldStreamsDeps,
): Promise<readonly OldStream[]> {
  const chosen: OldStream[] = [];
  const staying = new Set(old.filter(({ verdict }) => !verdict.isDrained).map(({ stream }) => stream.name));
  for (const one of old.toSorted(deliveryFirst)) {
    if (!one.verdict.isDrained) continue;
    const { stream, verdict } = one;
    // A stream that is kept keeps what it reads.
    const isRead = old.some(
      (other) =>
        staying.has(other.stream.name) && other.stream.kind === 'delivery' && other.stream.sourceArn === stream.arn,
    );
    const goes = !isRead && (await confirm(`The old ${nameOf(stream)} is drained: ${verdict.because}. Delete it?`));
    if (goes) chosen.push(one);
    else staying.add(stream.name);
  }
  return chosen;
}

const deliveryFirst = (one: OldStream, other: OldStream): number =>
  Number(one.stream.kind === 'kinesis') - Number(other.stream.kind === 'kinesis');

/** Deletes streams and says so. */
export async function deleteStreams(old: readonly OldStream[], { streams, print }: OldStreamsDeps): Promise<void> {
  for (const { stream } of old) {
    await streams.delete(stream);
    print(`deleted the ${nameOf(stream)}`);
  }
}

/** Says of streams that stay why they do, and when to look again. */
export function describeOldStream({ stream, verdict }: OldStream): string {
  const { isDrained, because, lookAgainAt } = verdict;
  if (isDrained) return `the old ${nameOf(stream)} is drained and may be deleted: ${because}`;
  const next =
    lookAgainAt === undefined
      ? ''
      : `; deploy again after ${new Date(lookAgainAt).toISOString().slice(0, 16)}Z, which looks again and asks`;
  return `the old ${nameOf(stream)} stays: ${because}${next}`;
}

const nameOf = ({ kind, name }: StreamState): string =>
  `${kind === 'delivery' ? 'delivery stream' : 'Kinesis stream'} ${name}`;
