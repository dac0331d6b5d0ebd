import { defineConfig } from "vite";

export default defineConfig({
  build: {
    target: "es2022",
    // Nothing may become a data: address or an inline script: the page runs under `default-src 'self'`.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700, // LiveKit's client, which is loaded when a call has a room
    rollupOptions: {
      output: {
        // Names without a hash: the binary serves a fixed set of files and revalidates them by ETag.
        entryFileNames: "assets/demo.js",
        chunkFileNames: "assets/[name].js",
        assetFileNames: "assets/demo[extname]",
      },
    },
  },
  server: {
    proxy: {
      "/demo/": "http://127.0.0.1:8000",
      "/socket.io/": { target: "http://127.0.0.1:8000", ws: true },
    },
  },
});
