/** Says how far a delivery stream has read its Kinesis stream; in the delivery stream's folder. */
export const sourceFile = 'source.json';
