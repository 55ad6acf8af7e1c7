/** How many days what happened, and connections that are proven dead, are remembered. The privacy page says so. */
export const keepDays = 365;
