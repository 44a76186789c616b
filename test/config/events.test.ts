import { describe, expect, it } from 'vitest';
import { declaredEvents } from '../../business-logic/events-processing/declared-events.ts';
import { readEventSchemas } from '../../lib/schemas/read-event-schemas.ts';

const schemas = readEventSchemas('config/events');
const find = declaredEvents(schemas);
const newest = Object.entries(schemas).map(([eventType, [schema]]) => [eventType, schema!] as const);

describe('the event schemas', () => {
  it('describe the types that games send', () => {
    const types = [
      'client_latency',
      'currency_earned',
      'currency_spent',
      'iap_transaction',
      'item_viewed',
      'level_completed',
      'level_failed',
      'level_started',
      'login',
      'logout',
      'lootbox_opened',
      'match_end',
      'match_start',
      'matchmaking_complete',
      'matchmaking_failed',
      'matchmaking_start',
      'session_end',
      'session_start',
      'tutorial_progression',
      'user_knockout',
      'user_rank_up',
      'user_registration',
      'user_report',
      'user_sentiment',
    ];
    expect(Object.keys(schemas)).toEqual(expect.arrayContaining(types));
  });

  it('declare the fields that real senders use', () => {
    const declared = new Set(newest.flatMap(([, { properties }]) => Object.keys(properties)));
    const used =
      'platform country_id last_login_time match_id map_id spell_id exp_gained item_id item_version item_amount ' +
      'currency_type currency_amount transaction_id tutorial_screen_id user_rank_reached match_type matched_slots ' +
      'match_result_type level_id level_version lootbox_id lootbox_cost item_rarity report_id report_reason user_rating ' +
      'virtual_currency virtual_amount';
    expect(used.split(' ').filter((name) => !declared.has(name))).toEqual([]);
  });

  it.each(newest)('%s takes fields that it does not name, and null for the optional ones', (eventType, schema) => {
    const declared = find(eventType, undefined);
    const errors = declared?.errorsOf({ something_else: { of: ['any', 'kind'] } }) ?? [];
    expect(errors.map((error) => error.replace(/.*'(.*)'$/, '$1'))).toEqual([...(schema.required ?? [])]);
    const nulls = Object.fromEntries(Object.keys(schema.properties).map((name) => [name, null]));
    expect(declared?.errorsOf(nulls)).toHaveLength(schema.required?.length ?? 0);
  });

  it.each(newest)('%s refuses a field of another type', (eventType, { properties }) => {
    const wrong = Object.entries(properties).map(
      ([name, { type }]) => [name, type === 'string' ? 7 : 'seven'] as const,
    );
    const errors = find(eventType, undefined)?.errorsOf(Object.fromEntries(wrong)) ?? [];
    const expected = Object.entries(properties).map(([name, { type }]) => `event_data.${name} must be ${type}`);
    expect(errors.filter((error) => error.startsWith('event_data.'))).toEqual(expected);
  });

  const purchase = { transaction_id: 't-1', currency_type: 'EUR', currency_amount: 4.99 };
  it.each([
    ['a purchase', {}, true],
    ['a refund', { currency_amount: -4.99 }, true],
    ['nothing paid', { currency_amount: 0 }, true],
    ['thousandths, as in Kuwait', { currency_amount: 1.255 }, true],
    ['an amount no double holds exactly', { currency_amount: 0.07 }, true],
    ['a large amount', { currency_amount: 123_456_789.12 }, true],
    ['a round large amount', { currency_amount: 999_999_999 }, true],
    ['digits that the report would round away', { currency_amount: 0.00005 }, false],
    ['an amount as text', { currency_amount: '4.99' }, false],
    ['an amount beyond reason', { currency_amount: 1e12 }, false],
    ['no currency', { currency_type: undefined }, false],
    ['a currency in lower case', { currency_type: 'eur' }, false],
    ['a virtual currency', { currency_type: 'GEMS' }, false],
    ['no transaction', { transaction_id: undefined }, false],
    ['an empty transaction', { transaction_id: '' }, false],
    ['half an item', { item_amount: 0.5 }, false],
    ['no item', { item_amount: 0 }, false],
  ])('judge money: %s', (_what, changes, isValid) => {
    const errors = find('iap_transaction', undefined)?.errorsOf({ ...purchase, ...changes });
    expect(errors?.length === 0).toBe(isValid);
  });

  it.each([
    ['an amount', { virtual_amount: 12.25 }, true],
    ['nothing', { virtual_amount: 0 }, true],
    ['as much as fits', { virtual_amount: 1e12 }, true],
    ['thousandths', { virtual_amount: 0.005 }, false],
    ['less than nothing', { virtual_amount: -1 }, false],
    ['more than fits', { virtual_amount: 1e13 }, false],
    ['no currency', { virtual_currency: undefined }, false],
    ['an empty currency', { virtual_currency: '' }, false],
  ])('judge the currencies of a game: %s', (_what, changes, isValid) => {
    for (const eventType of ['currency_earned', 'currency_spent']) {
      const errors = find(eventType, undefined)?.errorsOf({ virtual_currency: 'gems', virtual_amount: 1, ...changes });
      expect(errors?.length === 0).toBe(isValid);
    }
  });

  it.each([
    [1, true],
    [5, true],
    [0, false],
    [6, false],
    [4.5, false],
    ['5', false],
  ])('judge ratings: %j', (user_rating, isValid) => {
    expect(find('user_sentiment', undefined)?.errorsOf({ user_rating }).length === 0).toBe(isValid);
  });
});
