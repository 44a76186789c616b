"""What the scripts of this folder's parent share. They get it as a zip file, by Glue's --extra-py-files."""
