/** `BufferSizeInMBs` of the stream's Lambda processor. */
export const bufferMegabytes = 0.5;
