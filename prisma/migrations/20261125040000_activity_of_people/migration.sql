-- What a person did themselves: signed in, signed out, pressed "Check now".
ALTER TYPE "ActivityType" ADD VALUE IF NOT EXISTS 'SIGNED_IN';
ALTER TYPE "ActivityType" ADD VALUE IF NOT EXISTS 'SIGNED_OUT';
ALTER TYPE "ActivityType" ADD VALUE IF NOT EXISTS 'CHECKED';
