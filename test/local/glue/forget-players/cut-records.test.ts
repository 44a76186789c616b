import { describe, expect, it } from 'vitest';
import {
  isForgotten,
  playerDigest,
  type ForgottenPlayers,
} from '../../../../business-logic/shared/forgotten-players.ts';
import { cutErrors } from '../../../../local/glue/forget-players/cut-record-files.ts';
import { cutRecords } from '../../../../local/glue/forget-players/cut-records.ts';

const salt = 'cd'.repeat(16);
const entry = (id: string, application_id: string | null) => ({
  player: playerDigest(salt, id),
  application_id,
  at: '',
});
const list: ForgottenPlayers = {
  version: 1,
  salt,
  players: [entry('gone', null), entry('half', 'b'), entry('gøne', null)],
};
const holds = (player: unknown, application: unknown): boolean => isForgotten(list, player, application);

const line = (data: string, name: string) =>
  `{"attemptsMade":4,"${name}":"${Buffer.from(data).toString('base64')}","n":1e999}\n`;

describe('cutting forgotten players out of records', () => {
  it.each<[string, string, string, number]>([
    ['a single event', '{"player_id":"gone"}{"player_id":"x"}', '{"player_id":"x"}', 1],
    [
      'the first of a request',
      '{"events":[{"player_id":"gone"}, {"player_id":"x"}]}',
      '{"events":[{"player_id":"x"}]}',
      1,
    ],
    ['the last', '{"events":[{"player_id":"x"} , {"player_id":"gone"}]}', '{"events":[{"player_id":"x"}]}', 1],
    [
      'some in the middle and at the end',
      '{"events":[1,{"player_id":"gone"},{"n":1e999},{"player_id":"gone"},{"player_id":"gone"}],"z":12345678901234567890}',
      '{"events":[1,{"n":1e999}],"z":12345678901234567890}',
      3,
    ],
    ['a whole request', 'x {"events":[{"player_id":"gone"}]}\n{"a":1}', 'x \n{"a":1}', 1],
    [
      'those of one game',
      '{"application_id":"b","player_id":"half"}{"application_id":"c","player_id":"half"}',
      '{"application_id":"c","player_id":"half"}',
      1,
    ],
    ['an id that was escaped', '{"player_id":"g\\u006fne"}', '', 1],
    [
      'nobody',
      '{"player_id":7}{"player_id":"gone2"}{"events":[]}[]',
      '{"player_id":7}{"player_id":"gone2"}{"events":[]}[]',
      0,
    ],
  ])('takes %s', (_, text, left, removed) => {
    const result = cutRecords(text, holds);
    expect([result.text, result.removed, result.unreadable]).toEqual([left, removed, 0]);
    expect(cutRecords(result.text, holds)).toMatchObject({ text: left, kept: result.kept, removed: 0 });
  });

  it('takes text that is no JSON as a whole where it names one of them, and counts it apart', () => {
    const result = cutRecords('{"player_id" : "gone", \n{"player_id":"x", \n{"a":1}', holds);
    expect(result.removed + result.unreadable).toBeGreaterThan(0);
    expect(result.text).not.toContain('gone');
    expect(result.text).toContain('{"a":1}');
  });

  it('opens the lines of error objects of either spelling, byte by byte', () => {
    const stays = '{"player_id":"sçays","n":1.0}';
    const text =
      line(`{"player_id":"gøne"}${stays}`, 'rawData') + line('{"player_id":"gone"}', 'RawData') + 'no line\n';
    const result = cutErrors(text, holds);
    expect(result).toMatchObject({ removed: 2, unreadable: 0, text: `${line(stays, 'rawData')}no line\n` });
  });
});
