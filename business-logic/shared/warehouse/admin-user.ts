/** Administrator of the warehouse; Redshift keeps the password in a secret that it makes and rotates. */
export const adminUser = 'playlake_admin';
