/**
 * The application id that account events bear. It is a constant of the code: no row of the applications table has it
 * and the admin API never makes one.
 */
export const accountsApplicationId = '_accounts';
