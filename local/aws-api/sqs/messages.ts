import type { LocalQueue } from '../../queues.ts';
import { attributesDigest, bodyDigest } from '../../queues/message-digest.ts';
import type { MessageAttribute, NewMessage, ReceivedMessage, StoredMessage } from '../../queues/queue.ts';
import { AwsError } from '../../runtime.ts';
import { invalid, namesInput, numberInput } from './inputs.ts';
import type { Input } from './inputs.ts';

/** Characters of XML 1.0, of which a body consists. */
const BODY = /^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]+$/u;

const MAX_DELAY_SECONDS = 900;

/** A message to send. Throws MissingParameter, InvalidMessageContents, InvalidParameterValue. */
export function messageInput({ settings }: LocalQueue, input: Input): NewMessage {
  const { MessageBody: body, MessageAttributes, DelaySeconds } = input;
  if (input.MessageGroupId !== undefined || input.MessageDeduplicationId !== undefined) {
    throw invalid('MessageGroupId and MessageDeduplicationId are for FIFO queues, which have no stand-in');
  }
  if (typeof body !== 'string' || body === '') {
    throw new AwsError('MissingParameter', 'The request must contain the parameter MessageBody.');
  }
  if (!BODY.test(body)) throw new AwsError('InvalidMessageContents', 'Invalid characters found in the message.');
  const attributes = attributesInput(MessageAttributes);
  const bytes = Buffer.byteLength(body) + Buffer.byteLength(JSON.stringify(attributes)) - '{}'.length;
  const most = settings.MaximumMessageSize;
  if (bytes > most)
    throw invalid(`One or more parameters are invalid. Reason: Message must be shorter than ${most} bytes.`);
  const delaySeconds = numberInput(input, 'DelaySeconds', { most: MAX_DELAY_SECONDS, standard: settings.DelaySeconds });
  return { body, attributes, ...(DelaySeconds !== undefined && { delaySeconds }) };
}

function attributesInput(value: unknown): Readonly<Record<string, MessageAttribute>> {
  const attributes = (value ?? {}) as Readonly<Record<string, MessageAttribute>>;
  for (const [name, { DataType, StringValue, BinaryValue }] of Object.entries(attributes)) {
    const kind = /^(String|Number|Binary)(\..+)?$/.exec(DataType ?? '')?.[1];
    const given = kind === 'Binary' ? BinaryValue : StringValue;
    if (typeof given === 'string' && given !== '') continue;
    throw invalid(`The message attribute '${name}' must have a type (String, Number or Binary) and a value of it.`);
  }
  return attributes;
}

/** The answer to a sent message. */
export function sentOf({ id, body, attributes }: StoredMessage): Record<string, string> {
  return {
    MessageId: id,
    MD5OfMessageBody: bodyDigest(body),
    ...(Object.keys(attributes).length > 0 && { MD5OfMessageAttributes: attributesDigest(attributes) }),
  };
}

/** A received message with the attributes that are asked for. */
export function receivedOf({ message, receiptHandle }: ReceivedMessage, input: Input): Record<string, unknown> {
  const { id, body, attributes } = message;
  const names = namesInput(input.MessageSystemAttributeNames ?? input.AttributeNames);
  const system = Object.entries(systemAttributes(message)).filter(([name]) => isAsked(name, names));
  const asked = namesInput(input.MessageAttributeNames);
  const own = Object.fromEntries(Object.entries(attributes).filter(([name]) => isAsked(name, asked)));
  return {
    MessageId: id,
    ReceiptHandle: receiptHandle,
    MD5OfBody: bodyDigest(body),
    Body: body,
    ...(system.length > 0 && { Attributes: Object.fromEntries(system) }),
    ...(Object.keys(own).length > 0 && { MessageAttributes: own, MD5OfMessageAttributes: attributesDigest(own) }),
  };
}

function systemAttributes(message: StoredMessage): Record<string, string> {
  const { sender, sentAt, receives, firstReceivedAt, source } = message;
  return {
    SenderId: sender,
    SentTimestamp: String(sentAt),
    ApproximateReceiveCount: String(receives),
    ApproximateFirstReceiveTimestamp: String(firstReceivedAt),
    ...(source !== undefined && { DeadLetterQueueSourceArn: source }),
  };
}

/** `All`, `.*`, a name, or the start of names with `.*` behind it. */
function isAsked(name: string, asked: readonly string[]): boolean {
  return asked.some(
    (one) => one === 'All' || one === name || (one.endsWith('.*') && name.startsWith(one.slice(0, -2))),
  );
}
