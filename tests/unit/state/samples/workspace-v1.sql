BEGIN TRANSACTION;
CREATE TABLE about (
	name VARCHAR(64) NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "about" VALUES('schema','1');
INSERT INTO "about" VALUES('key-check','0e112850c94d387ae482b7d464eda9794ce3b62e2bc09eca6f6cceb546169319');
CREATE TABLE entries (
	seq INTEGER NOT NULL, 
	run VARCHAR(64) NOT NULL, 
	"key" TEXT NOT NULL, 
	type VARCHAR(64) NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	data TEXT NOT NULL, 
	time VARCHAR(40) NOT NULL, 
	PRIMARY KEY (seq), 
	FOREIGN KEY(run) REFERENCES runs (id)
);
INSERT INTO "entries" VALUES(1,'r-20261124-131502-7f3a','secret:db','create-secret','planned','{"target":"prod/db","error":"","before":{"exists":false}}','2026-11-24T13:15:02.030000+00:00');
INSERT INTO "entries" VALUES(2,'r-20261124-131502-7f3a','secret:db','create-secret','done','{"target":"prod/db","error":"","after":{"arn":"arn:aws:\u2026","version":"v1"}}','2026-11-24T13:15:02.040000+00:00');
INSERT INTO "entries" VALUES(3,'r-20261124-131502-7f3a','grant:pay','grant-read','started','{"target":"role/pay","error":""}','2026-11-24T13:15:02.050000+00:00');
INSERT INTO "entries" VALUES(4,'r-20261124-131502-7f3a','grant:pay','grant-read','failed','{"target":"role/pay","error":"access-denied"}','2026-11-24T13:15:02.060000+00:00');
CREATE TABLE facts (
	seq INTEGER NOT NULL, 
	run VARCHAR(64) NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	"key" TEXT NOT NULL, 
	data TEXT NOT NULL, 
	time VARCHAR(40) NOT NULL, 
	PRIMARY KEY (seq), 
	FOREIGN KEY(run) REFERENCES runs (id)
);
INSERT INTO "facts" VALUES(1,'r-20261124-131502-7f3a','plan','','{"steps":2}','2026-11-24T13:15:02.010000+00:00');
INSERT INTO "facts" VALUES(2,'r-20261124-131502-7f3a','request','','{"consent":"switch"}','2026-11-24T13:15:02.010000+00:00');
INSERT INTO "facts" VALUES(3,'r-20261124-131502-7f3a','status','','{"status":"running"}','2026-11-24T13:15:02.010000+00:00');
INSERT INTO "facts" VALUES(4,'r-20261124-131502-7f3a','note','probe','{"name":"p"}','2026-11-24T13:15:02.020000+00:00');
INSERT INTO "facts" VALUES(5,'r-20261124-131502-7f3a','status','','{"status":"incomplete"}','2026-11-24T13:15:02.070000+00:00');
CREATE TABLE runs (
	seq INTEGER NOT NULL, 
	id VARCHAR(64) NOT NULL, 
	kind VARCHAR(64) NOT NULL, 
	label TEXT NOT NULL, 
	started VARCHAR(40) NOT NULL, 
	PRIMARY KEY (seq), 
	UNIQUE (id)
);
INSERT INTO "runs" VALUES(1,'r-20261124-131502-7f3a','migrate','sample','2026-11-24T13:15:02.010000+00:00');
CREATE INDEX ix_facts_run ON facts (run);
CREATE INDEX ix_entries_run ON entries (run);
CREATE INDEX ix_entries_type ON entries (type);
COMMIT;
