import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { authorizationChange, authorizationCreation, creation } from '../../business-logic/api-admin/request-bodies.ts';
import { playerRecordSchema } from '../../business-logic/api-accounts/records/player-record.ts';
import { readRecords } from '../../business-logic/api-accounts/records/read-records.ts';
import { studioRecordSchema } from '../../business-logic/api-accounts/records/studio-record.ts';
import { routes } from '../../business-logic/api-admin/routes.ts';
import { declaredEvents } from '../../business-logic/events-processing/declared-events.ts';
import { envelopeErrors } from '../../business-logic/events-processing/envelope-errors.ts';
import { processEvent } from '../../business-logic/events-processing/process-event.ts';
import { readRecord } from '../../business-logic/events-processing/read-record.ts';
import { tokenRoutes } from '../../lib/api/token-routes.ts';
import { readEventSchemas } from '../../lib/schemas/read-event-schemas.ts';

const read = (file: string) => readFileSync(`samples/${file}`, 'utf8');
const bodies = readdirSync('samples').filter((file) => file.endsWith('.json'));
const rules = {
  envelopeErrors,
  findDeclaredEvent: declaredEvents(readEventSchemas('config/events')),
  rejectsUndeclared: true,
  maxEventAgeDays: 400,
};

/** What the transform makes of each event of a record: `accepted`, or the code of its rejection. */
function outcomes(record: string): string[] {
  const arrivedAt = Date.parse('2026-11-21T00:00:00Z');
  return readRecord(Buffer.from(record), arrivedAt).flatMap(({ request, events }) =>
    Array.from(events, (event) => {
      const application = { application_id: 'a', application_name: 'A' };
      const { judged } = processEvent(event, { request, application, processedAt: arrivedAt }, rules);
      return judged.rejection?.code ?? 'accepted';
    }),
  );
}

const packed = (file: string) => `{"application_id":"a","request_id":"r","role":"game",${read(file).trim().slice(1)}`;

describe('samples', () => {
  it('hold a request for every route', () => {
    const requests = read('requests.http')
      .split('\n')
      .filter((line) => /^[A-Z]+ \{\{apiUrl\}\}/.test(line))
      .map((line) => line.replaceAll('{{', '{').replaceAll('}}', '}').replace('{apiUrl}', ''));
    const expected = [
      ...routes.map(([method, path]) => `${method} ${path}`),
      'POST /applications/{applicationId}/events',
      ...Object.entries(tokenRoutes).map(([path, { method }]) => `${method} ${path}`),
    ];
    expect(new Set(requests)).toEqual(new Set(expected));
  });

  it.each(bodies)('name %s where its route is shown', (file) => {
    expect(read('README.md')).toContain(`samples/${file}`);
    const isElsewhere = ['put-single-event.json', 'create-studio-authorization.json'].includes(file);
    expect(read('requests.http').includes(`< ./${file}`)).toBe(!isElsewhere);
  });

  it('name no file that is not there', () => {
    const named = [...`${read('requests.http')}${read('README.md')}`.matchAll(/(?:< \.|samples)\/([a-z-]+\.json)/g)];
    expect(named.length).toBeGreaterThan(0);
    expect(named.map(([, file]) => file).filter((file) => !bodies.includes(file!))).toEqual([]);
  });

  it('hold bodies that the admin API takes', () => {
    expect(creation.parse(JSON.parse(read('create-application.json')))).toHaveProperty('Name');
    expect(creation.parse(JSON.parse(read('create-authorization.json')))).toHaveProperty('Name');
    expect(authorizationChange.parse(JSON.parse(read('disable-authorization.json')))).toEqual({ Enabled: false });
  });

  it('hold tokens and accounts that the API takes', () => {
    const roleIn = (file: string) => authorizationCreation.parse(JSON.parse(read(file))).Role;
    expect(roleIn('create-publisher-authorization.json')).toBe('publisher');
    expect(roleIn('create-studio-authorization.json')).toBe('studio');
    const now = new Date('2026-11-21T00:00:00Z');
    const players = readRecords(
      playerRecordSchema(() => now),
      JSON.parse(read('send-players.json')),
    );
    const [studio] = readRecords(
      studioRecordSchema(() => now),
      JSON.parse(read('send-studios.json')),
    );
    const published = studio?.games?.map(({ game_id }) => game_id);
    expect(published).toEqual(
      expect.arrayContaining(players.flatMap(({ games = [] }) => games.map((one) => one.game_id))),
    );
  });

  it('hold events that are accepted, of declared types', () => {
    expect(outcomes(packed('send-events.json'))).toEqual(['accepted', 'accepted', 'accepted', 'accepted']);
    expect(outcomes(read('put-single-event.json').replaceAll('\n', ' '))).toEqual(['accepted']);
  });

  it('hold events that are rejected, each for another reason', () => {
    expect(outcomes(packed('send-rejected-events.json'))).toEqual([
      'invalid_envelope',
      'invalid_event_id',
      'invalid_timestamp',
      'schema_mismatch',
    ]);
  });
});
