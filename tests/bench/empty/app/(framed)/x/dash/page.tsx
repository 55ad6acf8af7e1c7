export { default, metadata } from "@/app/dashboard/page";
