import { handlers } from "@/tests/bench/stock/auth";

export const { GET, POST } = handlers;
