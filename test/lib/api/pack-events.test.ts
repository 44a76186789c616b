import { describe, expect, it } from 'vitest';
import { renderPacked } from './render.ts';

const stageVariables = { deliveryStream: 'my-stream' };

function pack(
  body: string,
  headers: Record<string, string> = {},
): { readonly stream: string; readonly record: string } {
  const { text } = renderPacked('firehose', { body, headers, stageVariables });
  const { DeliveryStreamName, Record } = JSON.parse(text) as {
    readonly DeliveryStreamName: string;
    readonly Record: { readonly Data: string };
  };
  return { stream: DeliveryStreamName, record: Buffer.from(Record.Data, 'base64').toString() };
}

describe('pack-events.vtl', () => {
  it('puts the whole request into one record of one line, stamped by the gateway', () => {
    const { stream, record } = pack('{"events":[{"event_id":"1"},{"event_id":"2"}]}');
    expect(stream).toBe('my-stream');
    expect(record.indexOf('\n')).toBe(record.length - 1);
    expect(JSON.parse(record)).toEqual({
      application_id: 'game-a',
      api_key_id: 'key-1',
      role: 'game',
      request_id: 'request-1',
      received_at: 1_795_219_587_700,
      events: [{ event_id: '1' }, { event_id: '2' }],
    });
  });

  it('takes nothing of the body but its events', () => {
    const { record } = pack('{"application_id":"forged","role":"server","events":[],"country":"XX"}');
    expect(JSON.parse(record)).toMatchObject({ application_id: 'game-a', role: 'game', events: [] });
    expect(record).not.toMatch(/forged|server|XX/);
  });

  it.each([
    ['DE', 'DE'],
    ['', undefined],
    ['D', undefined],
    ['DEU', undefined],
    ['de', undefined],
    ['1A', undefined],
    ['D"', undefined],
    ['","role":"server', undefined],
    ['😀', undefined],
  ])('says the country %j as %j', (header, country) => {
    const { record } = pack('{"events":[]}', { 'CloudFront-Viewer-Country': header });
    expect((JSON.parse(record) as { country?: string }).country).toBe(country);
  });

  it('leaves the country out where nothing names it', () => {
    expect(JSON.parse(pack('{"events":[]}').record)).not.toHaveProperty('country');
  });

  it.each([
    ['quotes and backslashes', String.raw`{"a":"\"\\ it's"}`],
    ['line breaks', String.raw`{"a":"x\ny\r\n"}`],
    ['what looks like a template', '{"a":"$x ${y} #set($z = 1) #if(true) ## #end"}'],
    ['what looks like a second document', String.raw`{"a":"\"}]}\n{\"application_id\":\"game-b\"}"}`],
    ['text of any script', '{"a":"Größe 科学 😀"}'],
    ['numbers of any size', '{"a":12345678901234567890,"b":1e300,"c":0.1}'],
  ])('keeps %s as they came', (_, event) => {
    const { record } = pack(`{"events":[${event}]}`);
    expect(record.split('\n')).toHaveLength(2);
    expect((JSON.parse(record) as { events: unknown[] }).events[0]).toEqual(JSON.parse(event));
    expect(record).toContain(event.includes('12345678901234567890') ? '12345678901234567890' : '');
  });
});

const putToKinesis = (body: string) => {
  const { text } = renderPacked('kinesis', { body, stageVariables: { kinesisStream: 'my-stream' } });
  return JSON.parse(text) as { readonly StreamName: string; readonly PartitionKey: string; readonly Data: string };
};

describe('put-to-kinesis.vtl', () => {
  const emptyBytes = Buffer.from(putToKinesis('{"events":[{"a":""}]}').Data, 'base64').length;
  const ofBytes = (bytes: number) => putToKinesis(`{"events":[{"a":"${'x'.repeat(bytes - emptyBytes)}"}]}`);

  it('puts the same record that Firehose would get, under the id of the request', () => {
    const body = '{"events":[{"event_id":"1"}]}';
    const { StreamName, PartitionKey, Data } = putToKinesis(body);
    expect([StreamName, PartitionKey]).toEqual(['my-stream', 'request-1']);
    expect(Buffer.from(Data, 'base64').toString()).toBe(pack(body).record);
  });

  it('sends up to the 1,024,000 bytes that Firehose delivers', () => {
    const { PartitionKey, Data } = ofBytes(1_024_000);
    expect([PartitionKey, Buffer.from(Data, 'base64').length]).toEqual(['request-1', 1_024_000]);
  });

  it.each([1_024_001, 1_024_002, 1_024_003, 1_100_000])('makes %d bytes a call that Kinesis refuses', (bytes) => {
    const { PartitionKey, Data } = ofBytes(bytes);
    // At most 256 characters (PutRecord, API reference).
    expect(PartitionKey.length).toBeGreaterThan(256);
    expect(Data).toBe('');
  });
});
