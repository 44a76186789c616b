import { randomBytes } from 'node:crypto';
import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3ServiceException, type S3Client } from '@aws-sdk/client-s3';
import {
  parseForgottenPlayers,
  playerDigest,
  type ForgottenPlayer,
  type ForgottenPlayers,
} from '../../business-logic/shared/forgotten-players.ts';

/** Where the list of who is forgotten lies. */
export interface ListPlace {
  readonly bucket: string;
  readonly forgottenKey: string;
}

export interface PlayerToForget {
  readonly playerId: string;
  /** The one game whose events go; undefined: everything. */
  readonly application: string | undefined;
}

/** The list as it is; undefined where nobody was ever forgotten. */
export async function readForgottenList(
  s3: S3Client,
  { bucket, forgottenKey }: ListPlace,
): Promise<{ readonly list: ForgottenPlayers; readonly etag: string | undefined } | undefined> {
  try {
    const { Body, ETag } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: forgottenKey }));
    return { list: parseForgottenPlayers(await Body!.transformToString()), etag: ETag };
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}

/** Puts a player on the list, once. Two callers at once: each finds what the other wrote. */
export async function addForgotten(
  s3: S3Client,
  place: ListPlace,
  { playerId, application }: PlayerToForget,
  now: Date,
): Promise<ForgottenPlayers> {
  for (;;) {
    const present = await readForgottenList(s3, place);
    const list = present?.list ?? { version: 1 as const, salt: randomBytes(16).toString('hex'), players: [] };
    const player: ForgottenPlayer = {
      player: playerDigest(list.salt, playerId),
      application_id: application ?? null,
      at: now.toISOString(),
    };
    const isKnown = list.players.some(
      (one) => one.player === player.player && one.application_id === player.application_id,
    );
    if (isKnown) return list;
    const added = { ...list, players: [...list.players, player] };
    if (await putList(s3, place, added, present?.etag)) return added;
  }
}

/** False where somebody else has put another list meanwhile. */
async function putList(
  s3: S3Client,
  { bucket, forgottenKey }: ListPlace,
  list: ForgottenPlayers,
  etag: string | undefined,
): Promise<boolean> {
  const put = new PutObjectCommand({
    Bucket: bucket,
    Key: forgottenKey,
    Body: JSON.stringify(list, null, 1),
    ContentType: 'application/json',
    ...(etag === undefined ? { IfNoneMatch: '*' } : { IfMatch: etag }),
  });
  try {
    await s3.send(put);
    return true;
  } catch (error) {
    if (error instanceof S3ServiceException && [404, 409, 412].includes(error.$metadata.httpStatusCode ?? 0))
      return false;
    throw error;
  }
}
