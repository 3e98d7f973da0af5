/** What commands print in tests is compared without the colours that a CI asks for; where a test wants some it says so. */
delete process.env['FORCE_COLOR'];
delete process.env['CI'];
