"""What the jobs use of Glue's own library, in its place: a Spark session, arguments, and a job without bookmarks."""
