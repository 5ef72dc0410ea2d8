"""Taking files: originals and renditions, resumed where a line dropped, with the licence beside."""
