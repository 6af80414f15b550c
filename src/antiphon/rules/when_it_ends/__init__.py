"""When does the room end, without anybody's judgement? The first rule in scenario order that says so."""
