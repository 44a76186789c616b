import type { AttributeMap, Attributes } from './attribute-value.ts';
import { fromAttributeMap, toAttributeMap } from './attribute-value.ts';

/** Makes something else of a part of a message. */
type Change = (part: never) => unknown;

/** Where in a message attributes stand. */
type Place = (attributes: Change) => Change;

/** Attributes stand right here. */
const here: Place = (attributes) => attributes;

/** They stand in these members; those that are absent stay so. */
const members =
  (places: Readonly<Record<string, Place>>): Place =>
  (attributes) =>
  (part: Readonly<Record<string, unknown>>) => {
    const changed: Record<string, unknown> = { ...part };
    for (const [name, place] of Object.entries(places)) {
      if (changed[name] !== undefined) changed[name] = place(attributes)(changed[name] as never);
    }
    return changed;
  };

/** They stand in each element of a list. */
const each =
  (place: Place): Place =>
  (attributes) =>
  (list: readonly never[]) =>
    list.map(place(attributes));

/** They stand below each of the names of tables. */
const byTable =
  (place: Place): Place =>
  (attributes) =>
  (tables: Readonly<Record<string, never>>) =>
    Object.fromEntries(Object.entries(tables).map(([table, part]) => [table, place(attributes)(part)]));

const keys = byTable(members({ Keys: each(here) }));
const writes = byTable(each(members({ PutRequest: members({ Item: here }), DeleteRequest: members({ Key: here }) })));
const checked = members({ Item: here, Key: here, ExpressionAttributeValues: here });
const page = {
  input: members({ ExclusiveStartKey: here, ExpressionAttributeValues: here }),
  output: members({ Items: each(here), LastEvaluatedKey: here }),
};
const write = { input: checked, output: members({ Attributes: here }) };

/** Of each operation that is called: where attributes stand in its input and in its output. */
const places = {
  GetItem: { input: checked, output: members({ Item: here }) },
  PutItem: write,
  UpdateItem: write,
  DeleteItem: write,
  Query: page,
  Scan: page,
  BatchGetItem: {
    input: members({ RequestItems: keys }),
    output: members({ Responses: byTable(each(here)), UnprocessedKeys: keys }),
  },
  BatchWriteItem: { input: members({ RequestItems: writes }), output: members({ UnprocessedItems: writes }) },
  TransactWriteItems: {
    input: members({
      TransactItems: each(members({ Put: checked, Update: checked, Delete: checked, ConditionCheck: checked })),
    }),
    output: members({}),
  },
} as const satisfies Readonly<Record<string, { readonly input: Place; readonly output: Place }>>;

/** An operation of DynamoDB that is called somewhere here. */
export type TableOperation = keyof typeof places;

/** The input of an operation, its attributes as the protocol writes them. */
export const inputOnWire = (operation: TableOperation, input: object): object =>
  places[operation].input((attributes: Attributes) => toAttributeMap(attributes))(input as never) as object;

/** The output of an operation, its attributes in JavaScript. */
export const outputOffWire = (operation: TableOperation, output: object): object =>
  places[operation].output((map: AttributeMap) => fromAttributeMap(map))(output as never) as object;
