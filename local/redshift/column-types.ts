/** PostgreSQL's types by their numbers, under the names that Redshift tells of them; all others are shown as text. */
const names: Readonly<Record<number, string>> = {
  16: 'bool',
  17: 'varbyte',
  18: 'char',
  19: 'name',
  20: 'int8',
  21: 'int2',
  23: 'int4',
  25: 'varchar',
  26: 'oid',
  114: 'super',
  700: 'float4',
  701: 'float8',
  1042: 'bpchar',
  1043: 'varchar',
  1082: 'date',
  1083: 'time',
  1114: 'timestamp',
  1184: 'timestamptz',
  1186: 'interval',
  1266: 'timetz',
  1700: 'numeric',
  3802: 'super',
};

export function columnTypeName(oid: number): string {
  return names[oid] ?? 'varchar';
}
