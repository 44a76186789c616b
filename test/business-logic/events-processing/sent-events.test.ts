import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SentEvents } from '../../../business-logic/events-processing/sent-events.ts';
import { anEvent } from '../../support/an-event.ts';
import { packed } from '../../support/firehose-batch.ts';
import { transformed } from './a-transform.ts';

const data = fc.dictionary(fc.constantFrom('a', 'event_data', '}', '1', '"'), fc.jsonValue({ maxDepth: 2 }));
/** Texts of events, as some games write them and as others do. */
const event = fc
  .tuple(data, fc.constantFrom('last', 'first', 'twice', 'behind an object', 'none'), fc.nat(1))
  .map(([eventData, place, indent]) => {
    const json = JSON.stringify(eventData, undefined, indent);
    const texts = {
      last: `{"id":"x,{","event_data":${json}}`,
      first: `{"event_data":${json},"id":1}`,
      twice: `{"id":1,"event_data":${json},"event_data":{"z":1}}`,
      'behind an object': `{"x":{"y":1,"event_data":${json}},"event_data":{"b":2}}`,
      none: `{"id":${json}}`,
    };
    return texts[place];
  });

describe('the events of a request', () => {
  it('have their own texts, and those of their data, in whatever order they are asked for', () => {
    fc.assert(
      fc.property(fc.array(event), fc.constantFrom(',', ' , '), fc.array(fc.nat(20)), (texts, separator, asked) => {
        const sent = new SentEvents(packed(`[${texts.join(separator)}]`), 0);
        for (const index of asked.filter((one) => one < texts.length)) {
          const { event_data: eventData } = JSON.parse(texts[index]!) as { event_data?: unknown };
          const json = JSON.stringify(eventData) ?? '{}';
          // Sure only where the text is there; never of another.
          const isSure = [json, '{"a":1}'].filter((one) => sent.isDataSentAs(index, one));
          expect(isSure.filter((one) => one !== json || !texts[index]!.endsWith(`"event_data":${one}}`))).toEqual([]);
          expect(sent.textOf(index)).toBe(texts[index]);
        }
      }),
    );
  });

  it('are known by their data where it is written as JSON.stringify writes it, at their end', () => {
    const events = Array.from({ length: 5 }, (_, at) => anEvent({ event_data: { at, text: '}],{' } }));
    const sent = new SentEvents(packed(events), 0);
    for (const [at, { event_data: eventData }] of events.entries()) {
      expect(sent.isDataSentAs(at, JSON.stringify(eventData))).toBe(true);
    }
    expect(sent.textOf(3)).toBe(JSON.stringify(events[3]));
  });

  it.each([
    [
      'a first spelling of event_data',
      '"event_data":{"n":12345678901234567000},"event_data":{"n":12345678901234567890}',
    ],
    ['an object in front', '"x":{"event_data":{"n":12345678901234567000}},"event_data":{"n":12345678901234567890}'],
    ['text in front', '"x":"{,\\"event_data\\":","event_data":{"n":12345678901234567890}'],
  ])('keep their digits, whatever stands beside them: %s', async (_what, members) => {
    const text = JSON.stringify(anEvent({ event_type: 'x', event_data: undefined })).slice(0, -1);
    const [row] = await transformed(packed(`[${text},${members}}]`));
    expect(row?.event_data).toBe('{"n":12345678901234567890}');
  });
});
