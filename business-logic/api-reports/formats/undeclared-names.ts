/**
 * parquetjs-lite assigns names that it never declares. CommonJS lets it; in the one strict ES module that a function is
 * bundled into, the assignment throws, unless there is a global of the name. Import this before the library.
 */
const undeclaredNames = `
  BsonType
  ColumnChunk
  ColumnIndex
  ColumnMetaData
  ColumnOrder
  DataPageHeader
  DataPageHeaderV2
  DateType
  DecimalType
  DictionaryPageHeader
  EnumType
  FileMetaData
  IndexPageHeader
  IntType
  JsonType
  KeyValue
  ListType
  LogicalType
  MapType
  MicroSeconds
  MilliSeconds
  NullType
  OffsetIndex
  PageEncodingStats
  PageHeader
  PageLocation
  RowGroup
  SchemaElement
  SortingColumn
  Statistics
  StringType
  TimeType
  TimeUnit
  TimestampType
  TypeDefinedOrder
  UUIDType
  copyList
  copyMap
`
  .trim()
  .split(/\s+/);

for (const name of undeclaredNames) Object.defineProperty(globalThis, name, { writable: true, configurable: true });
