/** Asks for the keys of all raw objects that the warehouse has loaded: rows of `object_key`. */
export const loadedFiles = 'SELECT object_key FROM loaded_files';
