console.log("app");
//# sourceMappingURL=./app-2b517d9011bd55047dde2bd57cbd09a3.js.map
