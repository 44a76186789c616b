/** What a job does with the files of its own tables. */
export const keepObjects = ['s3:AbortMultipartUpload', 's3:DeleteObject', 's3:GetObject', 's3:PutObject'] as const;

/** What a job does with its own tables in the catalog: it registers partitions and moves them. */
export const keepPartitions = [
  'glue:BatchCreatePartition',
  'glue:BatchGetPartition',
  'glue:CreatePartitionIndex',
  'glue:GetPartitionIndexes',
  'glue:GetPartitions',
  'glue:GetTable',
  'glue:UpdatePartition',
] as const;

/** What it does besides with an Iceberg table: every commit moves the table itself. */
export const keepIceberg = ['glue:GetDatabase', 'glue:UpdateTable'] as const;

/** What an account job does with its own table: one partition, which it registers once and moves then. */
export const keepSnapshot = [
  'glue:BatchCreatePartition',
  'glue:GetPartitions',
  'glue:GetTable',
  'glue:UpdatePartition',
] as const;

/** What a job does with a table that it reads. */
export const readPartitions = ['glue:GetDatabase', 'glue:GetPartitions', 'glue:GetTable'] as const;
