"""试算: change a firm's figures and see its verdicts move; kept, when wanted, as a named plan with dated steps (一企一策)."""
